"""Requests about archives, remote copies, downloads, mounts and paths, and going to folders.

Not for files that stay plain and local; the macros are those of `file_commands.BOOK`."""

from __future__ import annotations

TRANSFERS = r"""
3 <make> a <tarball> [<named> |]{word}.tar.gz [of|from|with|containing] <d>{folder}
  $ tar -czf {word}.tar.gz {folder}
  $ tar -czvf {word}.tar.gz {folder}
3 <make> a <tarball> [of|from] <d>{folder} [<named>|in|as] {word}.tar.gz
  $ tar -czf {word}.tar.gz {folder}
  $ tar -czvf {word}.tar.gz {folder}
2 <make> [a |the |][tar archive|tarball|archive] {word}.tar [of|from|with|containing] <x>{folder}
  $ tar -cf {word}.tar {folder}
  $ tar -cvf {word}.tar {folder}
1 [archive|archives] <f>{file} and {file2} [in|into|as] {word}.tar
  $ tar -cf {word}.tar {file} {file2}
  $ tar -cvf {word}.tar {file} {file2}
2 <make> a bzip2 compressed [archive|tar archive] {word}.tar.bz2 [of|from] <d>{folder}
  $ tar -cjf {word}.tar.bz2 {folder}
2 <make> a <tarball> {word}.tar.gz of {folder} [excluding|without|except for|but not] {file}
  $ tar -czf {word}.tar.gz --exclude={file} {folder}
  $ tar --exclude={file} -czf {word}.tar.gz {folder}
3 <unpack> [the |][archive |tarball |]{word}.tar.gz
  $ tar -xzf {word}.tar.gz
  $ tar -xzf {word}.tar.gz
  $ tar -xzvf {word}.tar.gz
3 <unpack> [the |][archive |tarball |]{word}.tar.gz [to|into|in] <d>{folder}
  $ tar -xzf {word}.tar.gz -C {folder}
  $ tar -xzf {word}.tar.gz -C {folder}
  $ tar -xzvf {word}.tar.gz -C {folder}
2 <unpack> [the |][archive |tar archive |]{word}.tar
  $ tar -xf {word}.tar
  $ tar -xvf {word}.tar
1 <unpack> [the |][archive |]{word}.tar.bz2
  $ tar -xjf {word}.tar.bz2
  $ tar -xjvf {word}.tar.bz2
2 <list> <content> [of|in] [the |][archive |tar archive |]{word}.tar
  $ tar -tf {word}.tar
  $ tar -tvf {word}.tar
2 <list> <content> [of|in] [the |][archive |tarball |]{word}.tar.gz [without extracting it|]
  $ tar -tzf {word}.tar.gz
  $ tar -ztvf {word}.tar.gz
1 <unpack> only {file} from [the |][archive |]{word}.tar
  $ tar -xf {word}.tar {file}
3 <pack> <f>{file} [with|using|by] gzip
  $ gzip {file}
2 <pack> <f>{file} [with|using] gzip [and keep|keeping] the original[ file|]
  $ gzip -k {file}
  $ gzip -c {file} > {file}.gz
2 <pack> <f>{file} [with|using] gzip [with maximum compression|at the best compression level]
  $ gzip -9 {file}
2 <pack> [all |]{extension} files [<here> |][with|using] gzip
  $ gzip *.{extension}
3 [<unzip> [the |][gzip |gzipped |compressed |][file |]{word}.gz]
  $ gunzip {word}.gz
  $ gzip -d {word}.gz
2 <unzip> {word}.gz to [standard output|stdout]
  $ gunzip -c {word}.gz
  $ gzip -dc {word}.gz
  $ zcat {word}.gz
2 <unzip> {word}.gz [and save it [as|to]|to file|into] {file}
  $ gunzip -c {word}.gz > {file}
  $ zcat {word}.gz > {file}
1 [test|check|verify] the integrity of [the |][compressed |]file {word}.gz
  $ gzip -t {word}.gz
2 <pack> <f>{file} [with|using] bzip2
  $ bzip2 {file}
2 <pack> <f>{file} [with|using] bzip2[,|] [and keep|keeping] the original[ file|]
  $ bzip2 -k {file}
2 <unzip> [the |][bzip2 |][file |]{word}.bz2
  $ bunzip2 {word}.bz2
  $ bzip2 -d {word}.bz2
2 [zip|zip|compress|pack] <d>{folder} [to|into|as] {word}.zip
  $ zip -r {word}.zip {folder}
2 [zip|compress] [the |][files |]{file} and {file2} [to|into|as] {word}.zip
  $ zip {word}.zip {file} {file2}
2 [unzip|unzips|extract|unpack] [the |][archive |zip file |file |]{word}.zip
  $ unzip {word}.zip
2 [unzip|extract|unpack] [the |][archive |]{word}.zip [to|into|in] <d>{folder}
  $ unzip {word}.zip -d {folder}
2 <list> <content> of [the |][archive |zip file |zip archive |]{word}.zip
  $ unzip -l {word}.zip
4 [archive|archive|synchronize|sync|copy with rsync] <d>{folder} [to|with] {folder2}
  [preserving permissions and timestamps|in archive mode|using rsync|with rsync]
  $ rsync -a {folder} {folder2}
  $ rsync -av {folder} {folder2}
2 [archive|sync|synchronize] <d>{folder} [to|with] {folder2} [and delete|deleting] [extra files
  |files] in {folder2} [not found in|that are not in] {folder}
  $ rsync -a --delete {folder} {folder2}
  $ rsync -av --delete {folder} {folder2}
2 [archive|sync] <d>{folder} to {folder2} [showing progress|with progress|and show progress]
  $ rsync -a --progress {folder} {folder2}
  $ rsync -av --progress {folder} {folder2}
2 [archive|sync|copy] {folder} to {folder2} with rsync[,|] [excluding|except|without] {word}
  $ rsync -a --exclude {word} {folder} {folder2}
  $ rsync -av --exclude={word} {folder} {folder2}
2 [archive|sync|copy] {folder} to {folder2} on [host|the server|remote host] {host} [as user|as]
  {user} [via|over|with|using] [rsync|rsync over ssh]
  $ rsync -a {folder} {user}@{host}:{folder2}
  $ rsync -avz {folder} {user}@{host}:{folder2}
2 [archive|sync] {folder} to {folder2} on [host|the server] {host} with compression
  $ rsync -az {folder} {host}:{folder2}
  $ rsync -avz {folder} {host}:{folder2}
1 [show what would be copied|do a dry run] when [syncing|archiving] {folder} to {folder2}
  $ rsync -an {folder} {folder2}
  $ rsync -avn {folder} {folder2}
4 <copy> [the |][local |]file {file} to [<dir> |]{folder} on [host|the server|remote host] {host}
  [as user|as|with user] {user}
  $ scp {file} {user}@{host}:{folder}
3 <copy> [the |]file {file} to [<dir> |]{folder} on [host|the server|remote host] {host}
  $ scp {file} {host}:{folder}
2 <copy> [the |]remote file {file} [from|on] [host|the server] {host} to [local |the |]<dir>
  {folder}
  $ scp {host}:{file} {folder}
3 [<rec><copy>|<copy>] <d>{folder} to {folder2} on [host|the server|remote host] {host} [as user|as]
  {user}
  $ scp -r {folder} {user}@{host}:{folder2}
2 <copy> {file} to {folder} on host {host} [via|through|using] [ssh |]port {port}
  $ scp -P {port} {file} {host}:{folder}
4 [go|change|switch|move|cd] to <d>{folder}
  $ cd {folder}
4 [change|set] [the |][current |working |current working ]<dir> to {folder}
  $ cd {folder}
3 [go|change|change <dir>|return|cd] to [the |my |the user's |]home <dir>
  $ cd ~
  $ cd
  $ cd ~
3 [go|change|cd|move] [up one <dir>|one <dir> up|to the parent <dir>|one level up]
  $ cd ..
3 [go [back |]|change|return|switch [back |]]to the previous [working |]<dir>
  $ cd -
2 [change|go] to the <dir> [[containing|that contains|of] <f>{file}|where <f>{file} [lies|is]]
  $ cd $(dirname {file})
  $ cd "$(dirname {file})"
2 [change|go] to the <dir> [containing|that contains] the [executable of |command |program
  ]{package}
  $ cd $(dirname $(which {package}))
3 <show> [the |][current|working|current working] <dir>
  $ pwd
2 <show> <the>[full path|path|absolute path] of <cwd>
  $ pwd
2 <show> [the physical current <dir>|the current <dir> with all symbolic links resolved]
  $ pwd -P
2 <show> [the |][base name|name only] of [the current <dir>|the working <dir>] [without its path|]
  $ basename $(pwd)
  $ basename "`pwd`"
  $ basename `pwd`
3 [push <d>{folder} [onto|on|to] the [<dir> |]stack|add <d>{folder} to the <dir>
  stack|[save|remember] the current <dir> and [change|go] to {folder}]
  $ pushd {folder}
2 [pop the top <dir> [from|of|off] the stack|go back to the <dir> on top of the stack|remove the top
  <dir> from the <dir> stack and change to it]
  $ popd
2 <show> [the |][<dir> stack|list of remembered <dirs>|stack of <dirs>]
  $ dirs
3 <show> [the |][file name|filename|base name|last component] [of|from] [the |]path {file}[ without
  [its |the ]<dir>|]
  $ basename {file}
3 <show> [the |][<dir> name|<dir> part|parent <dir>] of [the |]path {file}
  $ dirname {file}
2 <show> [the |][base name|file name] of {file} without [the |][extension|suffix] {extension}
  $ basename {file} .{extension}
3 <show> [the |][absolute path|canonical path|full path|real path|canonical file name] of {file}
  $ readlink -f {file}
  $ readlink -f {file}
  $ realpath {file}
3 [<show> the target of [the |][symbolic link|symlink|link] {file}|<show> where [symbolic link
  |symlink ]{file} points[ to|]|read [symbolic link|symlink] {file}]
  $ readlink {file}
  $ readlink {file}
  $ readlink -f {file}
2 [resolve|follow] all symbolic links [of|in|for] [the path |]{file}
  $ readlink -f {file}
2 <show> the real path of [the |][command|executable|program] {package}
  $ readlink -f $(which {package})
  $ readlink -f `which {package}`
3 [<show> [the |][file type|type|file type description] of <f>{file}|determine what [kind|type] of
  file {file} is]
  $ file {file}
2 <show> [the |][mime type|mimetype|MIME type] of <f>{file}
  $ file --mime-type {file}
  $ file -i {file}
2 <show> the file type of [the |][command|executable|program] {package}
  $ file $(which {package})
  $ file `which {package}`
2 <show> [the |][status|detailed status|file status|all timestamps] of <f>{file}
  $ stat {file}
2 <show> [the |][octal permissions|permissions in octal|numeric permissions] of <x>{file}
  $ stat -c %a {file}
  $ stat -c "%a" {file}
2 <show> [the |][owner|owner name|name of the owner] of <x>{file}
  $ stat -c %U {file}
  $ stat -c "%U" {file}
2 <show> [the |][modification time|last modification time|time of last change] of <x>{file}
  $ stat -c %y {file}
  $ date -r {file}
3 [calculate|compute|print|show|get] [the |][md5 sum|md5sum|md5 checksum|md5 hash] of <f>{file}
  $ md5sum {file}
2 [calculate|compute|print] [the |]md5 [sums|checksums] of [the |]files {file} and {file2}
  $ md5sum {file} {file2}
2 [calculate|compute|print] [the |]md5 [sum|checksum] of [all |every ]{extension} [files|file]
  [<here>|]
  $ md5sum *.{extension}
2 [check|verify] [the |]md5 [sums|checksums] [listed |stored ]in <f>{file}
  $ md5sum -c {file}
2 [calculate|compute|print|show] [the |][sha1 sum|sha1sum|sha1 checksum|SHA1 hash] of <f>{file}
  $ sha1sum {file}
2 [calculate|compute|print|show] [the |][sha256 sum|sha256sum|sha256 checksum] of <f>{file}
  $ sha256sum {file}
2 [download|get|fetch] [the |][content|contents|page] [of|from] [the |][website |site |url
  |]http://{host}
  $ curl http://{host}
  $ curl http://{host}
  $ wget http://{host}
2 [download|fetch] [the file |]http://{host}/{word} [and save it|] [to|as|into] {file}
  $ curl -o {file} http://{host}/{word}
  $ wget -O {file} http://{host}/{word}
  $ curl http://{host}/{word} -o {file}
2 [download|fetch] [the file |]{word} from http://{host}[ [with|using] wget|]
  $ wget http://{host}/{word}
1 [download|fetch] http://{host}/{word} quietly to [standard output|stdout]
  $ wget -qO- http://{host}/{word}
  $ curl -s http://{host}/{word}
1 [show|print|get] [only |][the |][HTTP headers|response headers|headers] [of|from] http://{host}
  $ curl -I http://{host}
3 <make> [a |][temporary|temp] file[ and print its name|]
  $ mktemp
2 <make> [a |][temporary|temp] <dir>[ and print its name|]
  $ mktemp -d
2 <make> [a |][temporary|temp] <dir> [in|inside|under] {folder}
  $ mktemp -d -p {folder}
1 <make> [a |][temporary|temp] file [in|inside|under] <d>{folder}
  $ mktemp -p {folder}
  $ mktemp {folder}/tmp.XXXXXXXXXX
3 mount [the |][device |partition |]{folder} [on|at|to] {folder2}
  $ mount {folder} {folder2}
  $ mount {folder} {folder2}
  $ sudo mount {folder} {folder2}
3 [bind mount|bind-mount|bind] <d>{folder} [on|to|at] {folder2}
  $ mount --bind {folder} {folder2}
2 [recursively bind mount|recursively bind] <d>{folder} [on|to] {folder2}
  $ mount --rbind {folder} {folder2}
2 remount {folder} [as read only|read-only|with read only permission]
  $ mount -o remount,ro {folder}
2 remount {folder} [with read and write permission|as writable|read-write|with read-write access]
  $ mount -o remount,rw {folder}
2 mount [the |][image|iso image|disk image] {file} [on|at] {folder}
  $ mount -o loop {file} {folder}
2 <list> [all |the |][mounted file systems|mounts|mounted filesystems|currently mounted file
  systems]
  $ mount
2 [unmount|umount|unmounts] [the [file system|filesystem] [at|mounted on] |]{folder}
  $ umount {folder}
  $ umount {folder}
  $ sudo umount {folder}
"""
