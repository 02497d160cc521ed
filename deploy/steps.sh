# shellcheck shell=bash disable=SC2154 # The steps of install.sh, which sets the names that are used here.

tell() { printf '%s\n' "- $*"; }
stop() { printf '\n%s\n' "$*" >&2; exit 2; }

# ask VARIABLE QUESTION: unless the variable says it already.
ask() {
  if [ -z "${!1:-}" ]; then
    [ -t 0 ] || stop "Nobody is there to answer: set $1 ($2)"
    read -rp "$2 " "$1"
  fi
  [ -n "${!1:-}" ] || stop "Without that it cannot go on. Please start again."
}

ask_questions() {
  ask ADDRESS "1. At which address will people find it? (community.example.org)"
  ask MAIL_SERVER "2. Which server sends your mail? (mail.example.org:587)"
  if [ -z "${MAIL_USER:-}" ] && [ -t 0 ]; then
    read -rp "   The user name there, if it asks for one: " MAIL_USER
    if [ -n "$MAIL_USER" ]; then read -rsp "   The password there (not shown): " MAIL_PASSWORD; echo; fi
  fi
  ask FROM_EMAIL "3. From which address does mail come? (hello@example.org)"
  ask STAFF_EMAIL "4. The email address of the first member of staff?"
  ask STAFF_NAME "5. And their name?"
  ADDRESS=${ADDRESS%/}
  [[ $ADDRESS == *://* ]] || ADDRESS=https://$ADDRESS
}

# The servers that it stands on, and what builds it. What is there already is not touched.
install_packages() {
  local wanted=(python3 python3-venv)
  [ -n "${DATABASE_URL:-}" ] && wanted+=(postgresql-client) || wanted+=(postgresql)
  [ -n "${REDIS_URL:-}" ] || [ -n "$(command -v valkey-server || true)" ] || wanted+=(redis-server)
  [ -z "$services" ] || [ "$proxy" = none ] || wanted+=("$proxy")
  local missing=()
  for package in "${wanted[@]}"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q "ok installed" || missing+=("$package")
  done
  if [ ${#missing[@]} -gt 0 ]; then
    tell "installing ${missing[*]}"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  fi
}

# The product runs as a user of its own, who owns its uploads and its settings, and not its code.
make_user_and_folders() {
  id -u "$name" >/dev/null 2>&1 || useradd --system --user-group --home-dir "$data" --shell /usr/sbin/nologin "$name"
  install -d -m 755 "$home" "$home/releases"
  install -d -m 750 -o root -g "$name" "/etc/$name"
  install -d -m 750 -o "$name" -g "$name" "$data" "$data/media"
  install -d -m 700 -o "$name" -g "$name" "$backups"
}

start_servers() {
  local server
  for server in postgresql redis-server valkey-server; do
    if [ -d /run/systemd/system ]; then
      if systemctl cat "$server" >/dev/null 2>&1; then systemctl enable --quiet --now "$server"; fi
    elif [ -x "/etc/init.d/$server" ]; then
      service "$server" status >/dev/null 2>&1 || service "$server" start >/dev/null
    fi
  done
}

# A role and a database of its own, over the socket: PostgreSQL knows the user, and there is no password.
make_database() {
  [ -z "${DATABASE_URL:-}" ] || return 0
  start_servers
  local sql="runuser -u postgres -- psql -qtA -d postgres -c"
  if [ -z "$($sql "select 1 from pg_roles where rolname = '$name'")" ]; then
    tell "making PostgreSQL's role and database $name"
    # It may make databases: a backup is proved by restoring it into one.
    $sql "create role $name login createdb"
  fi
  if [ -z "$($sql "select 1 from pg_database where datname = '$name'")" ]; then
    $sql "create database $name owner $name encoding 'UTF8' template template0
          locale_provider icu icu_locale 'en-GB' lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8'"
  fi
  DATABASE_URL="postgresql://$name@/$name?host=/var/run/postgresql"
}

# free_number PATTERN FIRST: the first number that no other installation's settings have.
free_number() {
  local number=$2
  while grep -qsE "^$1$number\$" /etc/*/env || { [ "$1" = PORT= ] && is_taken "$number"; }; do number=$((number + 1)); done
  echo "$number"
}

is_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

write_settings() {
  local port broker
  port=${PORT:-$(free_number PORT= 8000)}
  broker=${REDIS_URL:-redis://127.0.0.1:6379/$(free_number REDIS_URL=redis://127.0.0.1:6379/ 0)}
  tell "writing the settings, with new keys, into $env"
  install -m 600 -o "$name" -g "$name" /dev/null "$env.part"
  DATABASE_URL=$DATABASE_URL REDIS_URL=$broker PORT=$port MEDIA_ROOT=$data/media BACKUP_TO=$backups SITE_URL=$ADDRESS \
    ALIVE=$data \
    MAIL_SERVER=$MAIL_SERVER MAIL_USER=${MAIL_USER:-} MAIL_PASSWORD=${MAIL_PASSWORD:-} FROM_EMAIL=$FROM_EMAIL \
    python3 deploy/settings.py >"$env.part"
  mv "$env.part" "$env"
}

# setting NAME: what the settings say of it.
setting() { sed -n "s/^$1=//p" "$env" | tail -n 1; }

# Settings that a version before this one did not know, in a file that somebody brought along.
add_settings() {
  [ -z "$(tail -c 1 "$env")" ] || echo >>"$env"
  grep -q '^BACKUP_TO=' "$env" || echo "BACKUP_TO=$backups" >>"$env"
  grep -q '^ALIVE=' "$env" || echo "ALIVE=$data" >>"$env"
  grep -q '^PORT=' "$env" || echo "PORT=$(free_number PORT= 8000)" >>"$env"
}

# What was chosen counts the next time too, when nobody says it again.
remember_choices() { printf 'proxy=%s\nservices=%s\n' "$proxy" "$services" >"$choices"; }

# Who is invited stays noted until they are: the first try may have ended halfway.
remember_first() {
  install -m 600 /dev/null "$first"
  printf 'STAFF_EMAIL=%q\nSTAFF_NAME=%q\n' "$STAFF_EMAIL" "$STAFF_NAME" >"$first"
}

# What a release is called: its version, and where it comes from git, its commit.
version() {
  local number commit
  number=$(sed -n 's/^__version__ = "\(.*\)"$/\1/p' collective/__init__.py)
  commit=$(git -c safe.directory="$source" rev-parse --short=10 HEAD 2>/dev/null || cat .commit 2>/dev/null || true)
  echo "$number${commit:+-$commit}"
}

install_python() {
  python3 -m venv "$1/venv"
  "$1/venv/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r "$1/requirements-uv.txt"
  "$1/venv/bin/uv" pip install --quiet --no-cache --compile-bytecode --python "$1/venv/bin/python" \
    --require-hashes -r "$1/requirements.txt"
}

# Debian's next release brings another Python, for which nothing is installed yet.
renew_python() {
  if "$1/venv/bin/python" -c "import django" 2>/dev/null; then return; fi
  tell "installing for another Python: $1"
  rm -rf "$1/.complete" "$1/venv"
  install_python "$1"
  touch "$1/.complete"
}

# Each release has a folder of its own, so that what runs and what lies on the disk are never of two versions.
build_release() {
  if [ -f "$release/.complete" ]; then
    tell "$release is there"
    renew_python "$release"
    return
  fi
  tell "building $release"
  rm -rf "$release"
  mkdir "$release"
  if git -c safe.directory="$source" rev-parse HEAD >/dev/null 2>&1; then
    git -c safe.directory="$source" archive HEAD | tar -x -C "$release"
  else
    tar -c --exclude=./.env --exclude=./.venv --exclude=./.local --exclude=./venv . | tar -x -C "$release"
  fi
  git -c safe.directory="$source" rev-parse HEAD >"$release/.commit" 2>/dev/null || rm -f "$release/.commit"
  ln -s "$env" "$release/.env"
  install_python "$release"
  "$release/venv/bin/python" -m compileall -q -x '/venv/' "$release" >/dev/null
  # Pages of the version before are open in browsers: their style sheets and scripts stay for a while.
  if [ -d "$home/current/staticfiles" ]; then
    cp -r --preserve=timestamps "$home/current/staticfiles" "$release/staticfiles"
    find "$release/staticfiles" -type f -mtime +90 -delete
  fi
  env -i PATH="$PATH" LANG=C.UTF-8 "$release/venv/bin/python" "$release/bin/role" collectstatic --no-input --verbosity 0
  touch "$release/.complete"
}

# role RELEASE COMMAND...: as the user of the installation, with nothing but its settings.
role() {
  local python=$1/venv/bin/python
  (cd / && runuser -u "$name" -- env -i PATH="$PATH" LANG=C.UTF-8 PYTHON="$python" "$python" "$1/bin/role" "${@:2}")
}

check_release() {
  role "$release" check --deploy --fail-level ERROR >/dev/null || stop "The settings in $env do not do. What ran before still runs."
}

take_backup() {
  [ "$(readlink -f "$home/current")" != "$release" ] || return 0
  renew_python "$(readlink -f "$home/current")"
  tell "taking a backup first"
  role "$home/current" backup "$(setting BACKUP_TO)" >/dev/null
}

# Migrations come first, and only add: the older version runs on with them.
prepare_database() {
  tell "preparing the database"
  role "$release" prepare
}

# lead_to RELEASE: `current` leads to it from now on, and never to nothing.
lead_to() {
  ln -sfnT "$1" "$home/current.part"
  mv -T "$home/current.part" "$home/current"
}

# `collective doctor`, `collective invite_staff ...`: any role or command, as the right user.
install_command() {
  cat >"/usr/local/bin/$name" <<END
#!/bin/sh
# Any role or command of the installation $name, as its own user: $name doctor
export PYTHON=$home/current/venv/bin/python
set -- \$PYTHON $home/current/bin/role "\$@"
if [ "\$(id -un)" = $name ]; then exec "\$@"; fi
exec runuser -u $name -- "\$@"
END
  chmod 755 "/usr/local/bin/$name"
}

# named FILE: with the name, the port, the address and the folders of this installation.
named() {
  local port host media to
  port=$(setting PORT) host=$(setting SITE_URL) media=$(setting MEDIA_ROOT) to=$(setting BACKUP_TO)
  host=${host#http*://}
  case $to in s3://*) to= ;; esac
  sed -e "s/collective/$name/g" -e "s/Collective/${name^}/g" -e "s/127\.0\.0\.1:8000/127.0.0.1:$port/g" \
    -e "s/community\.example\.org/$host/g" \
    -e "/^ReadWritePaths=/s|$|${media:+ -$media}|" -e "/^ReadWritePaths=.*backups/s|$|${to:+ -$to}|" "$1"
}

install_units() {
  local file unit
  for file in deploy/systemd/*.service deploy/systemd/*.timer deploy/systemd/*.target; do
    unit=$(basename "$file")
    named "$file" >"/etc/systemd/system/${unit/collective/$name}"
  done
  named deploy/logrotate >"/etc/logrotate.d/$name"
  systemctl daemon-reload
  local journal=/etc/systemd/journald.conf.d/collective.conf
  if ! cmp -s deploy/systemd/journald.conf "$journal"; then
    install -D -m 644 deploy/systemd/journald.conf "$journal"
    systemctl restart systemd-journald
  fi
}

# Caddy's own log of errors has whole addresses, keys among them, and no file of one site can say otherwise.
quieten_caddy() {
  local file=/etc/caddy/Caddyfile
  if grep -q 'exclude http.log.error' "$file"; then return; fi
  if grep -qE '^\{' "$file"; then
    tell "Add to the options at the top of $file: log default { exclude http.log.error } (over three lines)"
  else
    { printf '{\n\tlog default {\n\t\texclude http.log.error\n\t}\n}\n\n'; cat "$file"; } >"$file.part"
    mv "$file.part" "$file"
  fi
}

# A file of its own for the proxy. One that you have changed stays as it is.
install_proxy() {
  local file
  case $proxy in
    caddy)
      file=/etc/caddy/$name.caddy
      if [ ! -e "$file" ]; then named deploy/proxy/collective.caddy >"$file"; fi
      quieten_caddy
      grep -q '^import /etc/caddy/\*.caddy' /etc/caddy/Caddyfile || echo 'import /etc/caddy/*.caddy' >>/etc/caddy/Caddyfile
      ;;
    nginx)
      file=/etc/nginx/sites-available/$name
      if [ ! -e "$file" ]; then named deploy/proxy/collective.nginx >"$file"; fi
      ln -sf "$file" "/etc/nginx/sites-enabled/$name"
      ;;
    none) return ;;
  esac
  systemctl enable --quiet --now "$proxy"
  systemctl reload "$proxy" || tell "$proxy does not take $file. Everything else runs: journalctl -u $proxy says why."
}

# The web server is renewed without a gap; worker and beat finish what they do and start again.
start_or_renew() {
  local timers=("$name-backup.timer" "$name-prove-backup.timer")
  systemctl enable --quiet "$name.target" "$name-web" "$name-worker" "$name-beat" "$name-stand-in" "${timers[@]}"
  if systemctl is-active --quiet "$name-web"; then
    systemctl reload "$name-web" || go_back
  else
    systemctl restart "$name-web" || go_back
  fi
  systemctl restart "$name-worker" "$name-beat" "$name-stand-in"
  systemctl start "$name.target" "${timers[@]}"
}

# The new version does not start: the one before is the one that a reboot starts, too.
go_back() {
  if [ -n "$before" ]; then
    lead_to "$before"
    systemctl is-active --quiet "$name-web" || systemctl restart "$name-web" || true
  fi
  stop "The new web server did not start${before:+, and the version before goes on}: journalctl -u $name-web says why."
}

invite_first() {
  # shellcheck source=/dev/null
  . "$first"
  role "$home/current" invite_staff "$STAFF_EMAIL" --name "$STAFF_NAME" --superuser
  rm "$first"
}

# The version before stays, to go back to; those before it go.
forget_old_releases() {
  local old
  find "$home/releases" -mindepth 1 -maxdepth 1 -type d -printf '%T@ %p\n' | sort -rn | tail -n +4 | cut -d' ' -f2 |
    while read -r old; do [ "$old" = "$(readlink -f "$home/current")" ] || rm -rf "$old"; done
}

say_what_next() {
  echo
  echo "$(basename "$release") is installed in $home, its settings in $env, uploads in $data, backups in $backups."
  if [ -z "$services" ]; then
    echo "Nothing was started. These are the roles, each a process of its own, as the user $name:"
    for file in web worker beat stand-in; do sed -n "s/^ExecStart=/  /p" <(named "deploy/systemd/collective-$file.service"); done
    echo "To put a newer version in the place of a running one: kill -HUP the web server, stop and start the others."
  fi
  if [ -n "$is_first" ]; then
    cat <<END

NOW: keep a copy of $env apart from this server and from its backups, where two of you find it (a password
manager). It holds the keys. Without FIELD_KEYS nobody can read what is encrypted in a backup.
Then: point the name of $ADDRESS to this server, if it is not yet; open $ADDRESS/admin/ as $STAFF_EMAIL, and see
docs/running-it.md for what to watch. To ask whether all is well: $name doctor
END
  fi
}
