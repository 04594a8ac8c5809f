"""The import centre: a file of rows, matched to our columns, checked before anything is written (SY-03).

    # inventory/imports.py
    register_import_kind(ImportKind("products", title=_("Products"), permission="inventory.maintain_catalogue",
                                    columns=COLUMNS, check=check_rows, commit=write_rows,
                                    obstacles=obstacles_to_undo, undo=undo_rows))

`sources` reads xlsx and csv, `headers` finds the header row and matches columns, `rows` turns cells into values,
`services` are the steps (open, check, import, undo), `jobs` the two long ones, `report` and `template` the
files that come back. What a row means, and what is wrong with it, only its kind knows.
"""
