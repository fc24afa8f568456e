"""Requests about files and folders as things: list, copy, move, own, link, pack, fetch, mount.

Not for what is inside text files, nor for anything that looks for files with find."""

from __future__ import annotations

from codefusion.data.bash_generator.command_table import Sentences, read_table
from codefusion.data.bash_generator.file_changes import CHANGES
from codefusion.data.bash_generator.file_transfers import TRANSFERS
from codefusion.data.bash_generator.names import MAKERS
from codefusion.data.bash_generator.templates import Template
from codefusion.data.weighted import Weighted

BOOK = Sentences(
    {
        "list": "list|list|lists|show|display|print|prints|get",
        "show": "show|display|print|prints|displays|report|get|find|output",
        "all": "all |all |all the |the |",
        "count": "count|counts|count the number of|print the number of|get the number of",
        "make": "create|create|create|creates|make|makes",
        "copy": "copy|copy|copies|make a copy of|duplicate",
        "rm": "remove|remove|removes|delete|delete|deletes|erase",
        "change": "change|change|changes|set|modify",
        "rec": "recursively ",
        "pack": "compress|compress|compresses|pack",
        "unpack": "extract|extract|extracts|unpack|untar|decompress",
        "unzip": "decompress|decompress|uncompress|decompresses|unzip|extract|unpack",
        "dir": "directory|directory|folder",
        "dirs": "directories|directories|folders|subdirectories",
        "cwd": "the current <dir>|the current <dir>|current <dir>|the current working directory"
        "|the working directory|this <dir>",
        "here": "in <cwd>|in <cwd>|of <cwd>|from <cwd>",
        "d": "||the <dir> |the <dir> |<dir> |<dir> ",
        "f": "||the file |the file |file ",
        "x": "|||the file |the directory |file |<dir> ",
        "in": "in|in|of|inside|from|under",
        "named": "named|called|with the name",
        "the": "the |the |",
        "content": "the contents|the content|contents|all the contents|the files|files"
        "|files and <dirs>|everything",
        "hr": "in human readable [format|form]|in [a |]human-readable [format|form]|human readable"
        "|with human readable sizes",
        "long": "in long [format|listing format|list format]|in detail|with details"
        "|with [permissions, owner and size|all details]",
        "hidden": "including hidden [ones|files]|including dot files|even hidden ones"
        "|including those that start with a dot|(including hidden)",
        "root": "as root|with sudo|as superuser|with root privileges",
        "perm": "permissions|permission|the permissions|the mode|access rights",
        "owner": "owner|the owner|ownership|the ownership|the user",
        "group": "group|the group|group ownership|the group ownership",
        "force": "forcibly |force |forcefully |",
        "link": "symbolic link|symbolic link|symlink|soft link",
        "noask": "without prompting|without asking|without confirmation|without any prompt",
        "keep": "preserving|keeping|and preserve|and keep",
        "tarball": "compressed archive|tar.gz archive|gzipped tar archive|gzipped tarball"
        "|gzip compressed tar file",
    },
    MAKERS,
)

_LISTING = r"""
4 <list> <content> <here>
  $ ls
3 <list> <content> [<in> <d>{folder}|{folder} contains]
  $ ls {folder}
2 [what is in|which files are in|directory listing of|listing of|contents of] <d>{folder}
  $ ls {folder}
3 <list> [all |]<content> <here>[,|] <hidden>
  $ ls -a
  $ ls -a
  $ ls -A
2 <list> [all |]<content> <in> <d>{folder}[,|] <hidden>
  $ ls -a {folder}
  $ ls -a {folder}
  $ ls -A {folder}
4 [<list> <content> <here> <long>|[long|detailed] listing of <cwd>|[print|prints|show|display] [a
  |the |][long|detailed] listing of [the files in |]<cwd>]
  $ ls -l
3 [<list> <content> <in> <d>{folder} <long>|[print|prints|show] [a |]long listing of <d>{folder}]
  $ ls -l {folder}
3 [<list> <f>{file} <long>|[print|prints|show] [a |]long listing of <f>{file}|<show> <the>[size,
  owner and permissions|details|file information] of <f>{file}]
  $ ls -l {file}
3 [<list> <content> <here> <long>[,|] <hidden>|[prints|show] long listing of <cwd>, <hidden>]
  $ ls -la
  $ ls -la
  $ ls -al
2 <list> <content> <in> <d>{folder} <long>[,|] <hidden>
  $ ls -la {folder}
  $ ls -la {folder}
  $ ls -al {folder}
2 <list> <content> [<here>|] <long> [and|with file sizes] <hr>
  $ ls -lh
1 <list> <content> <in> {folder} <long> [and|with file sizes] <hr>
  $ ls -lh {folder}
2 <show> <the>[long listing|details|permissions|attributes] of <d>{folder} itself[, not [of |]its
  contents|]
  $ ls -ld {folder}
3 <list> <content> [<here>|] [sorted|ordered|sort] by [modification time|date|time|last
  modification|date modified][, newest first|, latest first|]
  $ ls -lt
  $ ls -t
2 <list> <content> <in> <d>{folder} [sorted|ordered] by [modification time|date|time][, newest
  first|]
  $ ls -lt {folder}
  $ ls -t {folder}
2 <list> <content> [<here>|] [sorted|ordered] by [modification time|date] [in reverse order|oldest
  first|with the newest last|ascending]
  $ ls -ltr
  $ ls -ltr
  $ ls -tr
2 <list> <content> [<here>|] [sorted|ordered] by [size|file size][, largest first|, biggest first|]
  $ ls -lS
  $ ls -lS
  $ ls -S
1 <list> <content> <in> <d>{folder} [sorted|ordered] by [size|file size][, largest first|]
  $ ls -lS {folder}
  $ ls -S {folder}
2 [<rec><list> <content> <in> <d>{folder}|<list> <content> <in> {folder} recursively|<list>
  <d>{folder} and all [of |]its <dirs>]
  $ ls -R {folder}
2 [<rec><list> <content> <here>|<list> <content> <here> recursively]
  $ ls -R
4 <list> [all |only |just |only the |][<dirs>|subdirectories] <here>
  $ ls -d */
2 <list> [all |only |just |only the |][<dirs>|subdirectories] <in> <d>{folder}
  $ ls -d {folder}/*/
3 <list> <all>[{extension} files|files [with [the |]extension|ending [in|with]] {extension}] <here>
  $ ls *.{extension}
2 <list> <all>[{extension} files|files [with [the |]extension|ending in] {extension}] <in>
  <d>{folder}
  $ ls {folder}/*.{extension}
2 <list> <all>files [<here> |]whose [name|names] [start|starts|begin|begins] with {word}
  $ ls {word}*
  $ ls -d {word}*
2 <list> <all>files [<here> |]whose [name contains|names contain] {word}
  $ ls *{word}*
  $ ls | grep {word}
3 <count> [all |][files|files and <dirs>|entries|items] <here>
  $ ls | wc -l
  $ ls -1 | wc -l
2 <count> [all |][files|files and <dirs>|entries|items] [in|in|inside|under] <d>{folder}
  $ ls {folder} | wc -l
  $ ls -1 {folder} | wc -l
1 <count> <all>[{extension} files|files ending in {extension}] <here>
  $ ls *.{extension} | wc -l
  $ ls -1 *.{extension} | wc -l
2 <list> <content> <here>[,|] one [per|on each] line
  $ ls -1
2 <show> the [newest|latest|most recent|most recently modified|last modified] file <here>
  $ ls -t | head -n1
  $ ls -t | head -1
1 <show> the oldest file <here>
  $ ls -t | tail -1
  $ ls -tr | head -1
2 <show> the {small} [newest|latest|most recent|most recently modified] files <here>
  $ ls -t | head -n {small}
  $ ls -t | head -{small}
2 <list> <the>[full|absolute] [path|paths] of [all |the |]files [and <dirs> |]<here>
  $ ls -d $PWD/*
2 <list> [all |]files <here>[, separated by commas| as [a |]comma[-| ]separated [list|values]
  |, separating names with comma]
  $ ls -m
  $ ls -1 | paste -sd "," -
  $ ls -1 | tr '\n' ','
1 <list> <content> [<here>|] with [their |][inode|inode numbers|inodes]
  $ ls -i
1 <show> <the>inode [number |]of <f>{file}
  $ ls -i {file}
2 <list> <content> [<here>|][ one page at a time| page by page|, pausing after each page]
  $ ls | more
  $ ls | less
2 [<show> <the>|][file information|long listing] of [the |][executable of |][command|program]
  {package}
  $ ls -l $(which {package})
  $ ls -l `which {package}`
3 <show> [the |][disk usage|size|total size|space used] of <d>{folder} <hr>
  $ du -sh {folder}
3 <show> [the |][disk usage|total size|total disk usage|size] of <d>{folder}
  $ du -s {folder}
  $ du -sh {folder}
3 <show> [the |][disk usage|size|sizes] of [each file and <dir>|all files and <dirs>|everything]
  <here>[ <hr>|]
  $ du -sh *
2 <show> [the |][disk usage|size|sizes] of [each subdirectory|all <dirs>] <in> {folder}[ <hr>|]
  $ du -h --max-depth=1 {folder}
  $ du -sh {folder}/*
2 <show> [the |][disk usage|size] of [all files and <dirs>|everything] <in> {folder}
  $ du -a {folder}
2 <show> the {small} [largest|biggest] files [and <dirs> |]<in> <d>{folder}
  $ du -a {folder} | sort -nr | head -n {small}
  $ du -ah {folder} | sort -rh | head -n {small}
2 <show> the {small} [largest|biggest] [files and <dirs>|files or <dirs>|items] <here>
  $ du -sh * | sort -rh | head -n {small}
  $ du -a . | sort -nr | head -n {small}
2 [<show> [the size|disk usage] of [each|every] [file and <dir>|<dir>] <here>, sorted by size|sort
  files and <dirs> <here> by disk usage]
  $ du -sh * | sort -h
  $ du -s * | sort -n
2 <show> [the |][apparent |]size [of <f>{file} in bytes|in bytes of <f>{file}]
  $ du -b {file}
  $ stat -c %s {file}
  $ wc -c {file}
4 <show> [file system |filesystem |][disk space usage|disk usage|disk space|free disk space] <hr>
  $ df -h
2 <show> [file system|filesystem|disk space] usage[ of all mounted [file systems|filesystems]|]
  $ df
  $ df -h
3 <show> [disk space usage|free space|disk usage|space available] [of|on] the [file system
  |filesystem|partition] [containing|that contains|of|where] [{file}|{file} is]
  $ df {file}
  $ df -h {file}
2 <show> [disk usage|free space|disk space usage] of the [file system|filesystem] [containing|of]
  <cwd>[ <hr>|]
  $ df -h .
2 <show> [inode usage|the number of free inodes|inodes] of [all |the |]file systems
  $ df -i
2 <show> [disk usage|disk space usage] [of file systems |]with [a |the |][grand total|total]
  $ df --total
2 <show> [the |][file system |filesystem ]types [of all mounted file systems|with disk usage]
  $ df -T
2 <show> <cwd> [tree|as a tree|in a tree-like format]
  $ tree
2 <show> [<d>{folder} as a tree|the <dir> tree [of|under] {folder}]
  $ tree {folder}
2 <show> [the tree of <cwd>|<cwd> as a tree], {small2} levels deep
  $ tree -L {small2}
2 <show> [the <dir> tree|<d>as a tree] of {folder} [to|down to|with] a depth of {small2}
  $ tree -L {small2} {folder}
2 <show> only [the |]<dirs> [of <cwd> |]as a tree
  $ tree -d
1 <show> [the tree of <cwd>|<cwd> as a tree] <hidden>
  $ tree -a
"""

TEMPLATES: Weighted[Template] = Weighted(
    read_table(_LISTING) + read_table(CHANGES) + read_table(TRANSFERS)
)
