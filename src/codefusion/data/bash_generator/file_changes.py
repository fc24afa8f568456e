"""Requests that copy, move, remove, make, own or link files and folders.

Not for showing them, nor for archives; the macros are those of `file_commands.BOOK`."""

from __future__ import annotations

CHANGES = r"""
5 <copy> <f>{file} to {file2}
  $ cp {file} {file2}
4 <copy> <f>{file} [to|into|in] <d>{folder}
  $ cp {file} {folder}
3 <copy> [the |][files |]{file} and {file2} [to|into] <d>{folder}
  $ cp {file} {file2} {folder}
4 <rec><copy> <d>{folder} [to|into] {folder2}|<copy> [the <dir>|<dir>] {folder} [to|into]
  {folder2}[ recursively| and everything in it|]
  $ cp -r {folder} {folder2}
  $ cp -r {folder} {folder2}
  $ cp -R {folder} {folder2}
3 <copy> [all |]files [ending [in|with] {extension}|with [the |]extension {extension}] [<here> |]to
  {folder}
  $ cp *.{extension} {folder}
2 <copy> [everything|all files] [in|from|under] {folder} to {folder2}
  $ cp -r {folder}/* {folder2}
  $ cp {folder}/* {folder2}
2 <copy> <f>{file} to {folder} [without overwriting|if it is not there already|unless it exists
  there|but do not overwrite existing files]
  $ cp -n {file} {folder}
2 <copy> <f>{file} to {folder} <keep> [its |][mode, ownership and timestamps|attributes|permissions]
  $ cp -p {file} {folder}
2 <copy> <d>{folder} to {folder2} <keep> [all |][attributes|permissions and timestamps]
  $ cp -a {folder} {folder2}
  $ cp -rp {folder} {folder2}
1 <copy> <f>{file} to {file2}[,|] [asking|prompting|ask] before overwriting
  $ cp -i {file} {file2}
1 [make a backup of <f>{file} with the extension bak|back up {file} as a bak file next to it]
  $ cp {file} {file}.bak
5 [rename|rename|renames|change the name of] <x>{file} to {file2}
  $ mv {file} {file2}
4 [move|move|moves] <f>{file} [to|into] <d>{folder}
  $ mv {file} {folder}
3 [move|moves] [all |][{extension} files|files ending in {extension}] [<here> |][to|into]
  <d>{folder}
  $ mv *.{extension} {folder}
2 [move|moves] [all files|everything] [in|from|under] {folder} [to|into] {folder2}
  $ mv {folder}/* {folder2}
2 [move|moves] [all files|everything|all files and <dirs>] <here> to <d>{folder}
  $ mv * {folder}
2 [move|moves] {file} and {file2} [to|into] <d>{folder}
  $ mv {file} {file2} {folder}
2 [move|moves] <f>{file} [one <dir> up|to the parent <dir>|up one level]
  $ mv {file} ..
1 [move|moves] <f>{file} to {folder} [without overwriting|without clobbering] [existing files|]
  $ mv -n {file} {folder}
4 <rm> <f>{file}
  $ rm {file}
3 [<force><rm> <f>{file} <noask>|[forcibly|force] remove <f>{file}]
  $ rm -f {file}
4 <rm> <d>{folder} [and [all its contents|everything in it|all files in it|its subdirectories]|with
  all [its |]content|recursively]
  $ rm -r {folder}
  $ rm -rf {folder}
3 [[recursively and forcibly|forcibly and recursively] <rm> <d>{folder}|<rm> <d>{folder} and
  everything in it <noask>]
  $ rm -rf {folder}
3 <rm> all [{extension} files|files ending [in|with] {extension}|files with extension {extension}]
  <here>
  $ rm *.{extension}
  $ rm *.{extension}
  $ rm -f *.{extension}
2 <rm> all [{extension} files|files ending in {extension}] [in|from] <d>{folder}
  $ rm {folder}/*.{extension}
2 <rm> [all files|everything] [in|from|inside] <d>{folder}
  $ rm -rf {folder}/*
  $ rm {folder}/*
2 <rm> <f>{file}[,|] [asking for|with|prompting for] confirmation [first|]
  $ rm -i {file}
2 <rm> <f>{file} and {file2}
  $ rm {file} {file2}
3 <rm> [the |]empty <dir> {folder}
  $ rmdir {folder}
5 <make> [a |the |a new |][<dir>|directory] [<named> |]{folder}
  $ mkdir {folder}
4 [<make> [<dir>|the <dir>] {folder} [and|with|including] [its |all |any |][missing |]parent <dirs>
  [as needed|if needed|]|make directories to {folder} as needed|<make> [<dir>|the <dir>] {folder}
  and [intermediate|all intermediate] <dirs> as required]
  $ mkdir -p {folder}
3 <make> [a |the |][<dir>|directory] {folder} [if it does not exist|and do not [cause an error|fail]
  if it exists|unless it exists]
  $ mkdir -p {folder}
2 <make> [a |the |]<dir> {folder} with [permissions|mode|permission] {mode}
  $ mkdir -m {mode} {folder}
3 <make> [the |two |][<dirs>|directories] {word} and {word2}
  $ mkdir {word} {word2}
2 <make> [a |the |]<dir> {word} [inside|in|under] <d>{folder}
  $ mkdir {folder}/{word}
2 <make> [a |the |]<dir> {word} and [change to it|go into it|enter it]
  $ mkdir {word} && cd {word}
4 <make> [an |a new |the ][empty |]file [<named> |]{file}
  $ touch {file}
2 [update|set|change] the [timestamp|modification time|access and modification times] of <f>{file}
  to [the current time|now|the current date]
  $ touch {file}
2 set the [timestamp|modification time] of {file} to [that of {file2}|the same as {file2}]
  $ touch -r {file2} {file}
4 [make|makes] <f>{file} executable
  $ chmod +x {file}
3 [add|adds|give|set] [execute|executable|execution] permission [to|on|for] <f>{file}
  $ chmod +x {file}
3 [make all|add execute permission to all] [{extension} files|files ending in {extension}] [<here>
  |]executable
  $ chmod +x *.{extension}
5 <change> <perm> of <x>{file} to {mode}
  $ chmod {mode} {file}
2 give <f>{file} [the mode|permissions|mode] {mode}
  $ chmod {mode} {file}
4 [<rec><change> <perm> of <d>{folder} to {mode}|<change> <perm> of <d>{folder} and [all its
  contents|everything in it|all files in it] to {mode}]
  $ chmod -R {mode} {folder}
2 <change> <perm> of <x>{file} to {mode} <root>
  $ sudo chmod {mode} {file}
2 [remove|removes|take away] [write|write access|write permission] [from|on] <f>{file} for [everyone
  |all users|all]
  $ chmod a-w {file}
2 [add|give|grant] read permission on <f>{file} [for|to] [everyone|all users|all]
  $ chmod a+r {file}
2 [add|give] [group write permission|write permission for the group] [to|on] <x>{file}
  $ chmod g+w {file}
2 [make <f>{file} read[-| ]only|remove write permission from <f>{file}]
  $ chmod -w {file}
2 [copy|clone] [the |]permissions [of|from] {file} to {file2}
  $ chmod --reference={file} {file2}
  $ chmod --reference {file} {file2}
4 <change> <owner> of <x>{file} to [user |]{user}
  $ chown {user} {file}
4 <change> <owner> of <x>{file} to [user |]{user} and [the |its |]group to {group}
  $ chown {user}:{group} {file}
4 [<rec><change> <owner> of <d>{folder} to [user |]{user}|<change> <owner> of <d>{folder} and [all
  its contents|all files in it|everything under it] to {user}]
  $ chown -R {user} {folder}
4 <rec><change> [owner|the owner|user] to [user |]{user} and [the |]group to {group} [of|for]
  <d>{folder}
  $ chown -R {user}:{group} {folder}
3 <rec><change> [owner and group|the owner and group|user and group|ownership] of <d>{folder} to
  {user}
  $ chown -R {user}:{user} {folder}
3 [<change> <owner> of <x>{file} to {user} <root>|as root, <change> <owner> of {file} to {user}]
  $ sudo chown {user} {file}
3 [<rec><change> <owner> to {user} and [the |]group to {group} of {folder} <root>]
  $ sudo chown -R {user}:{group} {folder}
2 <rec><change> <owner> of <d>{folder} to the current user
  $ chown -R $(whoami) {folder}
  $ chown -R $USER {folder}
2 copy [the |]owner and group [of|from] {file} to {file2}
  $ chown --reference={file} {file2}
4 <change> <group> of <x>{file} to [group |]{group}
  $ chgrp {group} {file}
4 [<rec><change> <group> of [everything in |everything within |]<d>{folder} to [group
  |]{group}|<change> <group> of <d>{folder} and everything in it to {group}]
  $ chgrp -R {group} {folder}
5 <make> a <link> [<named> {file2} to|{file2} [pointing to|that points to|to]] [the |][file |]{file}
  $ ln -s {file} {file2}
3 <make> a <link> to <x>{file} [<named>|as|at] {file2}
  $ ln -s {file} {file2}
3 <make> a <link> to <x>{file} [in|inside] <cwd>
  $ ln -s {file} .
  $ ln -s {file}
3 <make> a <link> [in|inside] <d>{folder} to <x>{file}
  $ ln -s {file} {folder}
3 [force create|forcibly create|create or replace] a <link> [<named> ]{file2} to {file}
  $ ln -sf {file} {file2}
  $ ln -fs {file} {file2}
2 <make> a hard link [<named> {file2} to {file}|to {file} <named> {file2}]
  $ ln {file} {file2}
"""
