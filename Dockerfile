# One image for every role: docker run IMAGE web | worker | beat | sweep | prepare | backup | restore, or any command of manage.py.
FROM python:3.13-slim-trixie AS packages
WORKDIR /app
COPY requirements-uv.txt requirements.txt ./
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements-uv.txt \
    && python -m venv --without-pip /venv \
    && uv pip install --no-cache --compile-bytecode --python /venv/bin/python --require-hashes -r requirements.txt

FROM python:3.13-slim-trixie
# Which one this is: docker build --build-arg COMMIT=$(git rev-parse HEAD)
ARG VERSION=0.3.0
ARG COMMIT=
LABEL org.opencontainers.image.title="Collective" \
    org.opencontainers.image.licenses="MIT" \
    org.opencontainers.image.version=$VERSION \
    org.opencontainers.image.revision=$COMMIT
# pg_dump and pg_restore for `backup` and `restore`: version 17, as the database of compose.yaml.
# Debian's stable release fixes the versions, and its security updates are wanted.
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends postgresql-client && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin collective \
    && mkdir -p /app /data/media /data/static /backups && chown -R collective:collective /data /backups
WORKDIR /app
COPY --from=packages /venv /venv
COPY . ./
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOST=0.0.0.0 \
    PORT=8000 \
    COMMIT=$COMMIT \
    MEDIA_ROOT=/data/media \
    STATIC_ROOT=/data/static
# Static files are part of the image; the values are only there so that the settings can be read.
RUN SECRET_KEY=only-while-this-image-is-built-and-never-again-after-it \
    FIELD_KEYS=build:b25seS13aGlsZS10aGlzLWltYWdlLWlzLWJ1aWx0LTA= SITE_URL=https://build.invalid \
    DATABASE_URL=postgresql:///build REDIS_URL=redis:// EMAIL_URL=smtp://build.invalid FROM_EMAIL=build@build.invalid \
    python manage.py collectstatic --no-input --verbosity 0
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "bin/role", "healthy"]
ENTRYPOINT ["python", "bin/role"]
CMD ["web"]
