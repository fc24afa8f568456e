"""Dangers of tools with subcommands, a line each: version control, containers, packages, users.

Not for what needs more than words and options to tell: those are functions in the other modules.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache

from codefusion.shell.calls import Call
from codefusion.shell.notes import Danger, Level
from codefusion.shell.options import Options

# kind ! or ? for danger or caution, then the tool, its leading words, options of which one must be
# given, after `-`, and options that make it harmless, after `!`. Alternatives stand beside `/`, a
# `*` is any word, and the sentence follows the bar.
_RULES = """
discard! git reset --hard/--merge/--keep | Throws away changes that are not committed.
delete! git clean -f/--force !-n | Deletes files that git does not keep.
discard! git checkout -f/--force/-- | Throws away changes that are not committed.
discard! git checkout . | Throws away changes that are not committed.
discard? git checkout * * !-b/-B/-t/--track/--orphan/--detach | Replaces files by older ones.
discard! git switch -f/--force/--discard-changes | Throws away changes that are not committed.
discard! git restore !-S/--staged | Throws away changes that are not committed.
discard! git restore -W/--worktree | Throws away changes that are not committed.
discard! git push -f/--force/--mirror/-d/--delete/--prune !-n | Replaces or deletes what \
others may have fetched.
discard? git push --force-with-lease !-n | Replaces what others may have fetched.
discard! git branch -D | Deletes a branch, merged or not.
discard! git branch -d/--delete -f/--force | Deletes a branch, merged or not.
discard? git branch -d/--delete/-f/--force/-M | Deletes or moves a branch.
discard! git stash drop/clear | Throws stashed changes away.
discard! git reflog expire/delete | Forgets how to get lost commits back.
discard! git gc/prune --prune | Deletes commits that nothing refers to.
discard! git prune | Deletes commits that nothing refers to.
discard! git filter-branch/filter-repo | Rewrites the whole history.
discard! git update-ref -d | Deletes a reference.
discard! git worktree remove -f/--force | Deletes a working tree with its changes.
discard! git submodule deinit -f/--force | Deletes a submodule's changes.
delete? git rm !--cached/-n | Deletes files; what is committed can be got back.
discard? git rebase/cherry-pick/revert --abort/--skip/--quit | Throws away what was merged so far.
discard? git commit --amend | Replaces the last commit.
discard? git tag -d/--delete | Deletes a tag.
discard! hg purge/strip/rollback | Throws work away.
discard! hg update -C/--clean | Throws away changes that are not committed.
discard! svn revert | Throws away changes that are not committed.
delete! docker/podman/nerdctl system/image/container/volume/network/builder/buildx prune | Deletes \
what no container uses.
delete! docker/podman/nerdctl rm/rmi | Deletes containers or images.
delete! docker/podman/nerdctl volume/image/container/network/secret rm/remove | Deletes them.
delete! docker/podman/nerdctl compose down -v/--volumes/--rmi | Deletes the volumes or images.
delete! docker-compose down -v/--volumes/--rmi | Deletes the volumes or images.
delete! docker-compose rm | Deletes containers.
delete! docker/podman/nerdctl compose rm | Deletes containers.
stop? docker/podman/nerdctl stop/kill/restart | Stops containers.
stop? docker/podman/nerdctl compose down/stop/kill | Stops containers.
stop? docker-compose down/stop/kill | Stops containers.
root? docker/podman/nerdctl run --privileged | Gives the container all rights on this machine.
delete! kubectl/oc delete | Deletes what runs in the cluster.
stop! kubectl/oc drain | Takes all work off a machine of the cluster.
overwrite! kubectl/oc replace --force | Deletes and makes anew what runs in the cluster.
stop? kubectl/oc scale | Changes how much runs in the cluster.
delete! helm uninstall/delete/del | Deletes what runs in the cluster.
delete! terraform/tofu/terragrunt destroy | Deletes what it manages.
delete! terraform/tofu/terragrunt apply -destroy | Deletes what it manages.
system! terraform/tofu/terragrunt apply -auto-approve | Changes what it manages, without asking.
delete! pulumi destroy | Deletes what it manages.
delete! vagrant destroy | Deletes a virtual machine.
delete! virsh undefine/destroy/vol-delete/pool-delete | Stops or deletes a virtual machine.
delete! multipass delete/purge | Deletes a virtual machine.
delete! lxc delete | Deletes a container.
delete! aws s3 rm/rb | Deletes stored objects.
delete! aws s3 sync --delete | Deletes what the source has not.
delete! aws * delete-*/terminate-*/purge-*/deregister-* | Deletes in the cloud.
delete! gsutil rm/rb | Deletes stored objects.
delete! gsutil rsync -d !-n | Deletes what the source has not.
delete! gcloud * delete | Deletes in the cloud.
delete! gcloud * * delete | Deletes in the cloud.
delete! az * delete | Deletes in the cloud.
delete! az * * delete | Deletes in the cloud.
delete! rclone delete/purge/cleanup/sync/move !-n | Deletes files at the target or the source.
delete! heroku apps:destroy/pg:reset | Deletes in the cloud.
delete! gh repo/release/issue/gist/secret/run delete | Deletes on the server.
delete! mc rm/rb | Deletes stored objects.
system! apt/apt-get/aptitude remove/purge/autoremove !-s | Removes software.
system! dpkg -r/-P/--remove/--purge | Removes software.
system! yum/dnf/microdnf remove/erase/autoremove | Removes software.
system! zypper remove/rm | Removes software.
system! pacman -R | Removes software.
system! apk del | Removes software.
system! rpm -e/--erase | Removes software.
system! snap/flatpak remove/uninstall | Removes software.
system! brew uninstall/remove/rm | Removes software.
system! port uninstall | Removes software.
system! nix-env -e/--uninstall | Removes software.
system! emerge -C/--unmerge/-c/--depclean | Removes software.
delete? brew cleanup | Deletes old versions.
delete! nix-collect-garbage | Deletes old versions of software.
system? pip/pip3/pipx/uv/conda/gem/cargo/npm/pnpm/yarn uninstall/remove | Removes a package.
system? uv pip uninstall | Removes a package.
delete! conda env remove | Deletes an environment.
delete! npm unpublish | Takes a package away from all who use it.
delete! userdel/deluser | Deletes a user.
delete! groupdel/delgroup | Deletes a group.
system! passwd -d/-l/-e/--delete/--lock | Locks a user out, or lets them in without a password.
system! usermod -L/-e/--lock | Locks a user out.
system! chpasswd | Changes passwords.
system! visudo/vipw/vigr | Edits who may do what on this machine.
system? gpasswd -d/--delete/-r | Changes a group.
system? useradd/adduser/usermod/groupmod/passwd/chsh | Changes a user.
system! iptables/ip6tables -F/-X/-P/--flush/--policy/--delete-chain | Takes firewall rules away.
system? iptables/ip6tables -A/-I/-D/--append/--insert/--delete | Changes the firewall.
system! nft flush/delete | Takes firewall rules away.
system! ufw disable/reset | Turns the firewall off.
system? ufw allow/deny/delete | Changes the firewall.
system! firewall-cmd --panic-on | Cuts the machine off from the network.
system! setenforce 0/Permissive | Turns a protection of the system off.
system! spctl --master-disable | Turns a protection of the system off.
system! csrutil disable | Turns a protection of the system off.
system? sysctl *=* | Changes how the kernel works.
system? sysctl -w/--write/-p | Changes how the kernel works.
system? modprobe/rmmod/insmod | Changes which parts of the kernel are loaded.
system? umount | Takes a file system away.
system? date -s/--set | Changes the clock.
system? timedatectl/hostnamectl/localectl set-* | Changes settings of the system.
overwrite? fallocate -c/-p/-z/--collapse-range/--punch-hole/--zero-range | Overwrites files.
format! ddrescue | May write over a whole disk.
system! swapoff -a/--all | Turns swap off; memory may run out.
system? ifconfig * down | Cuts the machine off from a network.
system? ip link/addr/route/netns set/del/delete/flush | Changes the network.
system? nmcli networking/radio off | Cuts the machine off from the network.
system! update-rc.d * remove | Takes a service out of the start.
stop! systemctl poweroff/reboot/halt/kexec/rescue/emergency/isolate | Shuts the machine down or \
restarts it.
stop? systemctl stop/disable/mask/kill/restart/suspend/hibernate | Stops or restarts a service.
stop! loginctl terminate-user/kill-user/terminate-session | Ends all that a user runs.
stop? service * stop/restart | Stops or restarts a service.
stop? launchctl unload/remove/bootout | Stops a service.
stop? pm2 delete/kill/stop | Stops programs.
stop! tmux/screen kill-server | Ends all sessions.
stop? tmux kill-session/kill-window/kill-pane | Ends a session.
delete! journalctl --vacuum-size/--vacuum-time/--vacuum-files | Deletes the system's records.
delete! logrotate -f/--force | Moves or deletes the system's records.
delete! history -c/-w -c | Deletes your command history.
delete? history -d | Deletes from your command history.
delete! fc -p | Replaces your command history.
delete! at -r/-d | Deletes scheduled jobs.
delete! atrm | Deletes scheduled jobs.
delete! lvremove/vgremove/pvremove | Deletes a volume with all that is on it.
format! lvreduce | Cuts off a volume's end.
format! resize2fs | Changes the size of a file system.
format! zpool destroy/labelclear | Deletes a pool with all that is on it.
delete! zfs destroy/rollback | Deletes a data set, or what was changed since.
delete! btrfs subvolume delete | Deletes a part of the file system.
format! mdadm --zero-superblock/--create/--stop | Changes or erases a disk array.
format! cryptsetup luksFormat/erase/luksErase/luksRemoveKey/luksKillSlot | Erases a disk, or the \
keys to it.
format! diskutil eraseDisk/eraseVolume/partitionDisk/zeroDisk/reformat/apfs | Erases a disk.
format! tune2fs -O/-o | Changes a file system's features.
format? fsck/e2fsck/fsck.ext4/xfs_repair -y/-a/-p/-L | Repairs a file system, and may drop files.
system! grub-install/update-grub/efibootmgr/flashrom | Changes how the machine starts.
delete! tmutil delete | Deletes a backup.
delete! restic/borg forget/prune/delete --prune/prune/delete | Deletes backups.
delete! dropdb | Deletes a database.
system? defaults delete | Deletes settings.
delete! gpg --delete-secret-key/--delete-secret-keys/--delete-secret-and-public-key | \
Deletes secret keys.
delete! keytool -delete | Deletes a key.
delete? make clean/distclean/mrproper | Deletes what was built.
delete? cargo clean | Deletes what was built.
delete! 7z/7za/7zr d | Deletes files from the archive.
overwrite? mmv/ed/ex | Changes or renames the files themselves.
stop? xkill | Ends a program.
format! gparted/cgdisk | Changes the partitions of a disk.
system? losetup -d/-D/--detach | Takes a disk away.
delete! xattr -c/-rc | Deletes attributes of files.
delete! rake db:drop/db:reset | Deletes a database.
delete! rails db:drop/db:reset | Deletes a database.
delete! php artisan migrate:fresh/db:wipe | Deletes a database's tables.
delete! python/python3 manage.py flush | Deletes a database's rows.
"""

# Their options before the first word that take a value.
_VALUED = {
    "git": ("-C", "-c", "--git-dir", "--work-tree", "--namespace"),
    "docker": ("-H", "--host", "-c", "--context", "-l", "--config", "-f", "-p", "--file"),
    "podman": ("-H", "--url", "--connection"),
    "docker-compose": ("-f", "-p", "--file", "--project-name"),
    "kubectl": ("-n", "--namespace", "--context", "--kubeconfig", "-f", "-l", "--grace-period"),
    "oc": ("-n", "--namespace", "--context", "-f", "-l"),
    "helm": ("-n", "--namespace", "--kube-context"),
    "aws": ("--profile", "--region", "--endpoint-url", "--output"),
    "systemctl": ("-H", "-M", "-t", "--type", "--host"),
    "apt": ("-o", "-t", "-c"),
    "apt-get": ("-o", "-t", "-c"),
    "iptables": ("-t", "--table"),
    "make": ("-C", "-f", "-j"),
    "tmux": ("-L", "-S", "-f"),
}


# In the operands of these, words are texts and files; and what is listed above is known.
_PLAIN = """
alias apropos awk basename bash bat bc bg break builtin bzip2 cal cat cd chgrp chmod chown cksum
clear cmp code column comm command compgen continue cp curl cut date dash dd declare df diff
dirname du echo ed egrep emacs env eval exec exit export expr false fd fdfind fg fgrep file find
fmt fold free gawk getent grep groups gunzip gzip head help hexdump history host hostname id
info install join jobs jq kill killall ksh last less let ln local locate logger look ls lsof
make man mapfile md5sum mkdir mkfifo mktemp more mv nano nl node nohup od parallel paste patch
perl pgrep php pidof ping pkill popd pr printenv printf ps pushd pwd python python3 read
readlink readonly realpath rename return rev rg rm rmdir rsync ruby scp sed select seq set sh
sha1sum sha256sum shellcheck shift shred shuf sleep sort source split ssh stat strings stty su
sudo sum tac tail tar tee test time timeout tldr top touch tr tree true trap truncate tsort tty
type typeset ulimit umask unalias uname uniq unlink unset unzip uptime users vi vim view w wait
watch wc wget whatis whereis which who whoami xargs xxd yes zcat zgrep zip zsh : . [ [[
"""
_LOOKING = {"list", "ls", "show", "get", "describe", "help", "info", "status", "search", "logs"}
_SEEMS = "By its word {!r}, something is lost."
_DELETING = {"delete", "destroy", "purge", "wipe", "erase", "drop", "terminate", "nuke"}
_REMOVING = {"remove", "rm", "uninstall", "unregister", "prune", "reset", "clear", "del"}


@dataclass(frozen=True, slots=True)
class _Rule:
    kind: str
    level: Level
    words: tuple[tuple[str, ...], ...]
    needs: tuple[tuple[str, ...], ...]
    unless: tuple[str, ...]
    sentence: str

    def holds(self, options: Options) -> bool:
        operands = [word.text for word in options.operands]
        return (
            len(operands) >= len(self.words)
            and all(
                any(fnmatchcase(operand, pattern) for pattern in patterns)
                for patterns, operand in zip(self.words, operands, strict=False)
            )
            and all(options.may_have(*flags) for flags in self.needs)
            and not (self.unless and options.has(*self.unless))
        )


def table_dangers(call: Call) -> Iterator[Danger]:
    """Yield the note of the first line that fits the call, or that of its last resort."""
    options = Options(call.words[1:], _VALUED.get(call.name, ()))
    if options.has("--dry-run", "--dryrun", "--simulate") and options.value("--dry-run") != "none":
        return
    for rule in _rules().get(call.name, ()):
        if rule.holds(options):
            yield Danger(rule.kind, rule.level, call.span, rule.sentence)
            return
    operands = [word.text for word in options.operands]
    if call.name == "git" and operands[:1] == ["push"]:
        if any(text.startswith(("+", ":")) for text in operands[1:]):
            sentence = "Replaces or deletes what others may have fetched."
            yield Danger("discard", Level.DANGER, call.span, sentence)
    elif call.name and call.name not in _plain() and call.name not in _rules():
        yield from _by_its_words(call, operands)


def _by_its_words(call: Call, operands: list[str]) -> Iterator[Danger]:
    """Judge a tool that is not known by a subcommand that says enough."""
    for text in operands[:4]:
        if text in _LOOKING:
            return
        if text in _DELETING:
            yield Danger("delete", Level.DANGER, call.span, _SEEMS.format(text))
        elif text in _REMOVING:
            yield Danger("delete", Level.CAUTION, call.span, _SEEMS.format(text))
        if not text.islower() or text in _DELETING | _REMOVING:
            return


@cache
def _plain() -> set[str]:
    return set(_PLAIN.split())


@cache
def _rules() -> dict[str, list[_Rule]]:
    rules: dict[str, list[_Rule]] = {}
    for line in _RULES.strip().splitlines():
        pattern, _, sentence = line.partition(" | ")
        kind, names, *rest = pattern.split()
        rule = _Rule(
            kind[:-1],
            Level.DANGER if kind.endswith("!") else Level.CAUTION,
            tuple(tuple(part.split("/")) for part in rest if part[0] not in "-!"),
            tuple(tuple(part.split("/")) for part in rest if part[0] == "-"),
            tuple(flag for part in rest if part[0] == "!" for flag in part[1:].split("/")),
            sentence,
        )
        for name in names.split("/"):
            rules.setdefault(name, []).append(rule)
    return rules
