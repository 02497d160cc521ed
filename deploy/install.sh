#!/usr/bin/env bash
# Put Collective on a Debian server; or this version in the place of an older one that is there. As root:
#
#   deploy/install.sh                  asks five questions, then does everything
#   deploy/install.sh --name north     a second community on the same server
#   deploy/install.sh --proxy nginx    behind nginx, or `none`, instead of Caddy
#   deploy/install.sh --no-services    leaves systemd and the proxy alone, and says what to start (--services: no longer)
#
# It may be run twice: what is there stays, and what was chosen counts the next time too. Nothing is asked that a variable answers: ADDRESS, MAIL_SERVER, MAIL_USER,
# MAIL_PASSWORD, FROM_EMAIL, STAFF_EMAIL, STAFF_NAME; DATABASE_URL and REDIS_URL for servers of your own.
set -euo pipefail
umask 022
source=$(cd "$(dirname "$0")/.." && pwd)
cd "$source"
# shellcheck source=deploy/steps.sh
. deploy/steps.sh

name=collective
while [ $# -gt 0 ]; do
  case $1 in
    --name) name=$2; shift ;;
    --proxy) asked_proxy=$2; shift ;;
    --services) asked_services=yes ;;
    --no-services) asked_services= ;;
    *) sed -n '2,11s/^# \{0,1\}//p' "$0"; exit 2 ;;
  esac
  shift
done
[[ $name =~ ^[a-z][a-z0-9]{1,20}$ ]] || stop "A name is of small letters and digits, and $name is not."
[ "$(id -u)" = 0 ] || stop "Run this as root: sudo deploy/install.sh"
[ -f /etc/debian_version ] || stop "This is for Debian. docs/running-it.md says how else."
home=/opt/$name env=/etc/$name/env data=/var/lib/$name backups=/var/backups/$name
choices=/etc/$name/choices first=/etc/$name/first-staff
proxy=caddy services=yes
# shellcheck source=/dev/null
if [ -f "$choices" ]; then . "$choices"; fi
proxy=${asked_proxy:-$proxy} services=${asked_services-$services}
case $proxy in caddy | nginx | none) ;; *) stop "Behind $proxy? Say --proxy caddy, nginx or none." ;; esac
if [ -f "$env" ]; then
  is_new=
  DATABASE_URL=$(setting DATABASE_URL) REDIS_URL=$(setting REDIS_URL)
else
  is_new=yes
  ask_questions
fi
mkdir -p "/etc/$name"
remember_choices
if [ -n "$services" ] && [ ! -d /run/systemd/system ]; then
  tell "systemd does not run here, so nothing is started: as with --no-services."
  services=
fi

install_packages
make_user_and_folders
if [ -n "$is_new" ]; then
  make_database
  remember_first
  write_settings
fi
add_settings
start_servers
release=$home/releases/$(version)
build_release
check_release
if [ -L "$home/current" ]; then take_backup; fi
prepare_database
before=
if [ -L "$home/current" ]; then before=$(readlink -f "$home/current"); fi
lead_to "$release"
install_command
if [ -n "$services" ]; then
  install_units
  start_or_renew
  install_proxy
fi
is_first=
if [ -f "$first" ]; then
  is_first=yes
  invite_first
fi
forget_old_releases
say_what_next
