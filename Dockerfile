# The web application in a container. docker-compose.yml starts it with its database.

FROM python:3.11-slim AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
COPY requirements/run.txt /tmp/run.txt
RUN /opt/venv/bin/python -m pip install --require-hashes -r /tmp/run.txt

FROM python:3.11-slim
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=studyplan.settings \
    HOST=0.0.0.0 \
    PORT=8000
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin studyplan \
    && install -d -o studyplan -g studyplan -m 0700 /secrets
WORKDIR /app
COPY --from=packages /opt/venv /opt/venv
COPY manage.py ./
COPY studyplan ./studyplan
COPY apps ./apps
COPY templates ./templates
COPY static ./static
COPY fixtures ./fixtures
COPY scripts ./scripts
# The key of this one step is thrown away with it.
RUN SECRET_KEY="$(python -c 'import secrets; print(secrets.token_hex(32))')" DATABASE_URL=sqlite://:memory: \
    python manage.py collectstatic --no-input --verbosity 0 \
    && install -d -o studyplan -g studyplan -m 0700 var/mail
USER studyplan
EXPOSE 8000
VOLUME ["/secrets"]
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["python", "-m", "scripts.health"]
ENTRYPOINT ["/app/scripts/entrypoint.sh"]
CMD ["python", "-m", "gunicorn", "--config", "python:scripts.gunicorn_conf", "studyplan.wsgi"]
