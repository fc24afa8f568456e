"""What the utilities of a shell take: which flags have values, and the types of operands.

Not for reading a command: this is knowledge, which `bash_arguments` applies.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

ARGUMENT = "Argument"

# Utilities, then their options that take a value, then the types of their operands; the last type
# holds for all operands that follow. `n,lines:Number` is `-n 5`, `-n5` or `--lines=5`. With `!`
# the value stands in for the first operand, with `?` it can only be attached. After `=` stand the
# only flags there are, where other words with a dash are operands.
_UTILITIES = """
cat tac rev zcat bzcat less more file gzip gunzip bzip2 bunzip2 xz unxz unzip md5 md5sum sha1sum \
sha256sum shred rm rmdir unlink cd pushd popd readlink realpath cmp vi vim nano source . \
dirname comm sum cksum strings pwd zip compress dos2unix: | Path
ls: I,ignore,hide:Regex w,width:Number T,tabsize:Number | Path
cp mv ln install: t,target-directory:Path S,suffix:Argument m,mode:Permission | Path
mkdir mkfifo: m,mode:Permission | Path
touch: d,date,t:DateTime r,reference:Path | Path
chmod: =RcfvHLP reference!Path | Permission Path
chown: reference!Path from:User | User Path
chgrp: reference!Path | Group Path
grep egrep fgrep zgrep rgrep: e,regexp!Regex f,file!Path m,max-count:Number A,after-context:Number \
B,before-context:Number C,context:Number d:Argument D:Argument include,exclude,exclude-dir:Regex \
| Regex Path
sed gsed: e,expression!Program f,file!Path l,line-length:Number i,in-place?Argument | Program Path
awk gawk mawk nawk: F,field-separator:Argument v,assign:Argument f,file!Path | Program Path
perl ruby: e,E!Program i,0,F,M,I?Argument | Path
python python2 python3: c!Program m!Argument | Path Argument
bash sh zsh dash ksh: c!Program O:Argument | Path Argument
rename: | Program Path
sort: k,key:Argument t,field-separator:Argument o,output:Path S,buffer-size:Size \
T,temporary-directory:Path parallel:Number files0-from:Path | Path
uniq: f,skip-fields:Number s,skip-chars:Number w,check-chars:Number | Path
cut: d,delimiter:Argument f,fields:Number c,characters:Number b,bytes:Number \
output-delimiter:Argument | Path
head tail: n,lines:Number c,bytes:Size s,sleep-interval:Number pid:Number | Path
tr: | Argument
tee: | Path
wc: files0-from:Path | Path
split: b,bytes:Size l,lines:Number n,number:Number a,suffix-length:Number C,line-bytes:Size \
filter:Argument additional-suffix:Argument | Path Argument
diff sdiff: x,exclude:Regex X,exclude-from:Path U,unified:Number I:Regex W,width:Number | Path
join: 1,2,j,a,v:Number t,e,o:Argument | Path
paste: d,delimiters:Argument | Path
nl: b,s,n,d:Argument w,v,i,l:Number | Path
column: s,o:Argument c:Number | Path
fold fmt: w,width:Number | Path
od hexdump: t,A,e:Argument N,j,n,s:Number w?Number | Path
du: d,max-depth:Number B,block-size,t,threshold:Size X,exclude-from,files0-from:Path \
exclude:Regex | Path
df: B,block-size:Size t,type,x,exclude-type:Argument | Path
tar: f,file:Path C,directory:Path T,files-from:Path X,exclude-from:Path exclude:Regex \
transform:Argument | Path
cpio: F,file:Path H,format:Argument | Path
rsync: e,rsh:Argument f,filter:Argument exclude,include:Regex exclude-from,include-from:Path \
files-from:Path | Path
scp sftp: P:Number i:Path o:Argument l:Number | Path
ssh: p:Number i,S,F:Path l:User o,O,L,R,D,c,b,m,e,w:Argument | Argument Command
ps: p,pid,ppid:Number o,format,C,sort,t,tty:Argument U,user:User | Argument
top: p,n,d:Number u,U:User o:Argument | Argument
kill: s,n:Argument | Number
pgrep pkill killall: u:User d,t,s:Argument P:Number | Regex
date: d,date,s,set:DateTime r,reference,f,file:Path I?Argument | Argument
cal: A,B:Number | Number
mount umount: t,o,L,U:Argument | Path
read: p,d,i,a:Argument n,N,u:Number t:Timespan | Argument
seq: =wsf s,separator:Argument f,format:Argument | Number
sleep: | Timespan
echo: =neE | Argument
printf: =v v:Argument | Argument
basename: s,suffix:Argument | Path Argument
which whereis type man whatis apropos alias unalias yes uname hostname who w pstree history jobs \
ifconfig dig: | Argument
set shopt: o:Argument | Argument
mail: s:Argument | Argument
mktemp: p:Path tmpdir:Path suffix:Argument | Path
tree: L:Number P,I:Regex o:Path filelimit:Number | Path
stat: c,format,printf:Argument | Path
curl: o,output:Path X,request,H,header,d,data,A,e,F,data-urlencode:Argument u,user:User \
T,K:Path m:Number | Argument
wget: O,output-document,o,P,i:Path t,tries,T:Number | Argument
ping: c,i,w,W,s,t:Number I:Argument | Argument
crontab: u:User | Path
su: c,command:Argument s,shell:Path | User
id groups finger passwd userdel last: | User
useradd usermod: g,G:Group s,d:Path c:Argument u:Number | User
git yum apt apt-get brew dpkg service systemctl: | Literal Argument
sudo: u,user:User g,group:Group p,C:Argument | Command
xargs: I,d,delimiter,E:Argument n,max-args,P,max-procs,L,s:Number a,arg-file:Path \
i,e,l,replace?Argument | Command
parallel: j,jobs,n,N,L:Number I,d,delimiter,S:Argument a,arg-file:Path | Command
time: f,format:Argument o,output:Path | Command
nice ionice: n,c,adjustment:Number p:Number | Command
env: u,unset:Argument C:Path | Command
watch: n,interval:Timespan | Command
exec: a:Argument | Command
timeout: k,kill-after:Timespan s,signal:Argument | Timespan Command
chroot: | Path Command
strace: e,p,P:Argument o:Path | Command
nohup command builtin setsid unbuffer busybox: | Command
"""

# The predicates of find that take values, with their types.
_FIND_VALUES = {
    flag: types.split()
    for flags, types in {
        "name iname path ipath wholename iwholename regex iregex lname ilname": "Regex",
        "newer anewer cnewer samefile fls fprint fprint0": "Path",
        "mtime atime ctime mmin amin cmin used": "Timespan",
        "maxdepth mindepth links inum uid gid": "Number",
        "fprintf": "Path Argument",
        "fstype regextype printf context": "Argument",
        # f, d and so on: a closed vocabulary, and the meaning of the command.
        "type xtype": "Literal",
        "size": "Size",
        "perm": "Permission",
        "user": "User",
        "group": "Group",
    }.items()
    for flag in flags.split()
}
FIND_OPERATORS = {"(": "(", ")": ")", ",": ",", "!": "!", "-not": "!", "-o": "-o", "-or": "-o"}
FIND_EXECUTES = {"exec", "execdir", "ok", "okdir"}
# The order of tests is immaterial, but not which of them stand before an action.
FIND_ACTIONS = FIND_EXECUTES | {
    "print", "print0", "printf", "ls", "delete", "prune", "quit",
    "fls", "fprint", "fprint0", "fprintf",
}  # fmt: skip


# `head -5` is `head -n 5`, and old `tail +5` is `tail -n +5`.
TAKE_A_COUNT = {"head", "tail"}
# Their flags may come without a dash.
TAKE_BARE_FLAGS = {"tar", "ps"}


@dataclass(frozen=True, slots=True)
class Usage:
    """How a utility reads its words.

    `values` leads from a flag to its mark and the type of its value: `:` for a value that may be
    the next word, `?` for one that can only be attached, `!` for one in place of the first operand.
    """

    values: dict[str, str]
    operands: tuple[str, ...] = (ARGUMENT,)
    only: str = ""
    """Letters of the only short flags there are; empty: any."""
    known: bool = True

    def is_option(self, text: str) -> bool:
        """Whether a word is one or several flags."""
        if len(text) < 2 or text[0] != "-":
            return False
        return not self.only or text.startswith("--") or set(text[1:]) <= set(self.only)

    def operand(self, position: int) -> str:
        """Return the type of the operand at `position`, from 0."""
        return self.operands[min(position, len(self.operands) - 1)]


_UNKNOWN = Usage({}, known=False)


def usage_of(name: str) -> Usage:
    """Return how the utility `name` reads its words; of one not listed, only that it isn't."""
    return _usages().get(name, _UNKNOWN)


def find_values(predicate: str) -> list[str]:
    """Return the types of the values that a predicate of find takes; its name has no dash."""
    if re.fullmatch(r"newer[aBcm][aBcmt]", predicate):
        return ["DateTime" if predicate.endswith("t") else "Path"]
    return _FIND_VALUES.get(predicate, [])


@cache
def _usages() -> dict[str, Usage]:
    usages: dict[str, Usage] = {}
    for line in _UTILITIES.strip().splitlines():
        names, _, rest = line.partition(": ")
        options, _, operands = rest.partition("| ")
        values: dict[str, str] = {}
        only = ""
        for option in options.split():
            if option.startswith("="):
                only = option[1:]
                continue
            marked = re.fullmatch(r"(.+)([:!?]\w+)", option)
            assert marked is not None
            values |= {_dashed(name): marked[2] for name in marked[1].split(",")}
        usage = Usage(values, tuple(operands.split()), only)
        usages |= dict.fromkeys(names.split(), usage)
    return usages


def _dashed(name: str) -> str:
    return f"-{name}" if len(name) == 1 else f"--{name}"
