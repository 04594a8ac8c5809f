"""Static files in production: compressed, and named by content so that browsers may keep them for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Also renames what our scripts import from each other, else an upgrade would mix old and new modules."""

    support_js_module_import_aggregation = True
