# syntax=docker/dockerfile:1
FROM python:3.11-slim-bookworm AS build
WORKDIR /build
COPY .ci/uv.txt requirements.txt ./
RUN python -m venv /opt/venv \
    && pip install --no-cache-dir --require-hashes -r uv.txt \
    && uv pip install --no-cache --python /opt/venv/bin/python --require-hashes -r requirements.txt

FROM python:3.11-slim-bookworm
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    SHUNDAN_MODE=production \
    APP_VAR=/var/lib/shundan \
    STATIC_ROOT=/srv/shundan-static
RUN groupadd --system --gid 10001 shundan \
    && useradd --system --uid 10001 --gid shundan --home-dir /var/lib/shundan --create-home shundan \
    && chmod 0700 /var/lib/shundan
WORKDIR /srv/shundan
COPY --from=build /opt/venv /opt/venv
COPY . .
# A throw-away key: collecting static files signs nothing, and the running site must be given its own.
RUN SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(64))')" ALLOWED_HOSTS=build.invalid \
    APP_VAR=/tmp/build python manage.py collectstatic --noinput --verbosity 0 \
    && rm -rf /tmp/build \
    && python -m compileall -q config core customers inventory orders credit fulfillment aftersales reports
USER shundan
VOLUME /var/lib/shundan
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=40s --retries=3 \
    CMD ["python", "-m", "core.healthcheck"]
CMD ["gunicorn", "config.wsgi:application", "--config", "config/gunicorn.py"]
