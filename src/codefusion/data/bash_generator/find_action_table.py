"""What can be done with the files that find found: how it is asked for, and the commands for it.

The text only; `find_actions` reads it and fills in the names."""

# A line of weight, kinds and `find_first`, as in `find_actions.Action`; then what is said first,
# after "&" what is said second, and after each "$" one of the commands. Repeated ones are likelier,
# and "nothing" is find alone.
TABLE = r"""
40 fdl 0
  <find> {it}
  $ nothing $ nothing $ nothing $ nothing $ nothing $ nothing $ -print $ -print
14 fdl 0
  <list> {it}
  $ nothing $ nothing $ nothing $ nothing $ -print $ -print
12 fl 0.4
  <delete> {it}
  & and <del> [them|them|them all|these]
  $ -delete $ -delete $ -exec rm {} \; $ -exec rm {} \; $ -exec rm -f {} \; $ -exec rm {} +
    $ | xargs rm $ | xargs rm -f $ -print0 | xargs -0 rm $ -exec rm -rf {} \; $ -exec rm '{}' \;
4 d 0.4
  <delete> {it}
  & and <del> [them|them|them all]
  $ -exec rm -rf {} \; $ -exec rm -rf {} \; $ -exec rm -r {} \; $ -exec rm -rf {} +
    $ | xargs rm -rf $ -print0 | xargs -0 rm -rf
1 f 0.4
  [Delete|Remove] {it} [asking for confirmation|prompting before each
    deletion|interactively|with confirmation]
  & and [ask before deleting each one|prompt before deletion|delete them with confirmation]
  $ -ok rm {} \; $ -exec rm -i {} \;
8 fdl 0.1
  <count> {it}
  & and [count them|print how many there are|print their number]
  $ | wc -l
4 f 0.4
  <count> lines <in> {it}|[Count|Count the|Print the number of|Show the number of] [lines|line
    count] <in> each of {it}
  & and [count the lines in each|count their lines|print the number of lines in each|show the
    line count of each]
  $ | xargs wc -l $ | xargs wc -l $ -exec wc -l {} \; $ -exec wc -l {} +
    $ -print0 | xargs -0 wc -l
2 f 0.2
  <count> lines in total <in> {it}|[Count|Print] the total number of lines <in>
    {it}|[Count|Print] total lines <in> {it}|[Count|Calculate] all lines <in> {it}
  & and [count all their lines|print the total number of lines]
  $ | xargs cat | wc -l $ -exec cat {} + | wc -l $ | xargs wc -l $ -exec cat {} \; | wc -l
8 f 0.4
  <search> {it} <for> {x}|Find [all|] [lines|occurrences of|lines with] {x} <in> {it}|<search>
    <for> {x} <in> {it}|[Print|Show|Display] [lines|all lines] [containing|matching|with] {x}
    <in> {it}
  & and [search them for|search for|print the lines containing|grep for|look for] {x}[|| in
    them]
  $ -exec grep {q} {} \; $ -exec grep {q} {} \; $ | xargs grep {q} $ | xargs grep {q}
    $ -exec grep -H {q} {} \; $ -print0 | xargs -0 grep {q} $ -exec grep {q} {} +
6 f 0.1
  <find> {it} <hold> {x}|<list> {it} <hold> {x}|[Print|List] the names of {it} <hold> {x}
  & and [list|print|show] [those|the ones|the names of those] <hold> {x}
  $ -exec grep -l {q} {} \; $ -exec grep -l {q} {} \; $ | xargs grep -l {q}
    $ -print0 | xargs -0 grep -l {q} $ -exec grep -l {q} {} + $ -exec grep -q {q} {} \; -print
2 f 0.4
  <search> {it} <for> {x} [ignoring case|case insensitively|case-insensitively|(case
    insensitive)]
  & and search for {x} [ignoring case|case insensitively]
  $ -exec grep -i {q} {} \; $ | xargs grep -i {q} $ -print0 | xargs -0 grep -i {q}
1 f 0.4
  [Search|Grep] {it} <for> {x} [and print line numbers|with line numbers|showing line
    numbers|and print file names and line numbers]
  & and print lines containing {x} with [file names and line numbers|line numbers]
  $ -exec grep -nH {q} {} \; $ -exec grep -n {q} {} \; $ | xargs grep -n {q}
    $ -exec grep -Hn {q} {} \;
5 fdl 0.4
  <list> {it} <long>|[Long list|Display a long listing of|Print a long listing of] {it}
  & and [list them|display them|show them|print them] <long>|and [long list them|run ls -l on
    each|print their details]
  $ -ls $ -ls $ -exec ls -l {} \; $ -exec ls -l {} \; $ | xargs ls -l $ -exec ls -l {} +
    $ -exec ls -ld {} \; $ -print0 | xargs -0 ls -l
6 fdl 0.4
  <chmod> {it} [to] {mode}|<chmod> {it} [to|to] {mode}|Set {it} to mode {mode}
  & and [set their permissions to|change their permissions to|chmod them to|set permission]
    {mode}
  $ -exec chmod {mode} {} \; $ -exec chmod {mode} {} \; $ -exec chmod {mode} {} +
    $ | xargs chmod {mode} $ -print0 | xargs -0 chmod {mode}
1 f 0.4
  [Make|Mark] {it} executable|Add execute permission to {it}
  & and [make them executable|add execute permission]
  $ -exec chmod +x {} \; $ -exec chmod +x {} \; $ | xargs chmod +x $ -exec chmod a+x {} \;
2 fdl 0.4
  [Change|Set] the owner of {it} to {user}|[Make|Set] {user} the owner of {it}
  & and [change their owner to|change the owner to] {user}
  $ -exec chown {user} {} \; $ -exec chown {user} {} + $ | xargs chown {user}
1 fdl 0.4
  [Change|Set] the [group|group ownership] of {it} to {group}
  & and change their group to {group}
  $ -exec chgrp {group} {} \; $ -exec chgrp {group} {} + $ -print0 | xargs -0 chgrp {group}
1 fdl 0.4
  [Change|Set] the owner and group of {it} to {user}:{group}
  & and change their owner to {user} and their group to {group}
  $ -exec chown {user}:{group} {} \; $ -exec chown {user}:{group} {} +
4 fdl 0.4
  <move> {it} <to> {folder}
  & and move them <to> {folder}
  $ -exec mv {} {folder} \; $ -exec mv {} {folder} \; $ -exec mv -t {folder} {} +
    $ | xargs -I {} mv {} {folder} $ -print0 | xargs -0 -I {} mv {} {folder}
    $ -exec mv '{}' {folder} \;
4 f 0.4
  <copy> {it} <to> {folder}
  & and copy them <to> {folder}
  $ -exec cp {} {folder} \; $ -exec cp {} {folder} \; $ | xargs -I {} cp {} {folder}
    $ -print0 | xargs -0 -I {} cp {} {folder} $ -exec cp -t {folder} {} +
3 fdl 0.4
  [Print|Show|Display|Calculate|Get|Find] the [disk usage|size] of {it}|[Print|Show] the size of
    each of {it}
  & and [print their sizes|show the size of each|display their disk usage|print the size]
  $ -exec du -h {} \; $ -exec du -sh {} \; $ | xargs du -h $ -exec du -h {} +
    $ -exec ls -lh {} \;
1 f 0.4
  [Calculate|Find|Print|Show] the total [size|disk usage] of {it}
  & and [sum their sizes|print their total size]
  $ -exec du -ch {} + | grep total$ $ -print0 | xargs -0 du -ch | tail -n 1
    $ -exec du -ch {} + | tail -1
1 f 0.4
  [Print|Show|List|Display] the [sizes and names|names and sizes|size and path] of {it}
  & and print their [names and sizes|sizes and paths]
  $ -printf "%s %p\n" $ -printf '%s %p\n' $ -printf '%p %s\n'
2 fdl 0.4
  [Print|List|Show] [only|] the [names|file names|base names] of {it} without [paths|the
    path|directories|their paths]
  & and print [only their names|their base names|their names without the path]
  $ -printf "%f\n" $ -printf '%f\n' $ -exec basename {} \; $ | xargs -n1 basename
2 fdl 0
  <find> {it} and [separate|delimit] [them|the names|the results] with [null characters|NUL|the
    null character]|Print {it} [null separated|separated by null characters|terminated with the
    null character]
  $ -print0
2 fdl 0.4
  <list> {it} [sorted|sorted by name|in sorted order|in alphabetical order|sorted
    alphabetically]
  & and sort [them|the results|the output|them by name]
  $ | sort $ | sort $ -print | sort
1 f 0.4
  <list> {it} [sorted by size|ordered by size|in order of size]
  & and sort them by size
  $ -printf '%s %p\n' | sort -n $ -exec ls -lS {} + $ -exec du -h {} + | sort -h
    $ | xargs ls -lS
1 f 0.4
  <list> {it} sorted by [modification time|time|date]
  & and sort them by [modification time|time]
  $ -printf '%T@ %p\n' | sort -n $ | xargs ls -lt $ -print0 | xargs -0 ls -lt
    $ -exec ls -lt {} +
2 f 0.3
  [Show|List|Find|Print] the {n} [largest|biggest] of {it}|[Show|List|Print] the {n}
    [largest|biggest] ones of {it}
  & and [show|print] the {n} [largest|biggest] [|of them]
  $ -printf '%s %p\n' | sort -nr | head -n {n} $ -exec du -a {} + | sort -nr | head -n {n}
    $ -exec ls -s {} + | sort -nr | head -{n} $ -printf '%s %p\n' | sort -rn | head -{n}
1 f 0.3
  [Find|Show|Print] the [most recently modified|newest|latest] of {it}
  & and [show|print] the [newest|most recently modified] one
  $ -printf '%T@ %p\n' | sort -n | tail -1 $ | xargs ls -t | head -n 1
    $ -printf '%T@ %p\n' | sort -nr | head -1
1 fdl 0.3
  [Show|Print|List|Display] the first {n} of {it}
  & and [show only the first {n}|print the first {n} results]
  $ | head -n {n} $ | head -{n} $ | head -n {n}
4 f 0.4
  [Replace|Substitute|Change] {x} with {y} <in> {it}|[Replace|Change] [all occurrences
    of|every|all] {x} [with|by|to] {y} <in> {it}
  & and replace {x} with {y}[| in them| in each]
  $ -exec sed -i 's/{a}/{b}/g' {} \; $ -exec sed -i 's/{a}/{b}/g' {} \;
    $ | xargs sed -i 's/{a}/{b}/g' $ -print0 | xargs -0 sed -i 's/{a}/{b}/g'
    $ -exec sed -i 's/{a}/{b}/g' {} +
1 f 0.4
  [Delete|Remove] [lines containing|all lines with] {x} from {it}
  & and delete lines containing {x} [in|from] them
  $ -exec sed -i '/{a}/d' {} \; $ | xargs sed -i '/{a}/d'
2 f 0.4
  Create a tar archive {tar} of {it}|Archive {it} [into|in|to] {tar}|Pack {it} into {tar}|Put
    {it} in the [tar archive|archive|tarball] {tar}|Create [a tarball|an archive|archive] {tar}
    [of|from|with] {it}
  & and [add them to the archive {tar}|archive them into {tar}|create a tar archive {tar} of
    them|put them in {tar}]
  $ | xargs tar -cvf {tar} $ | xargs tar cvf {tar} $ -print0 | xargs -0 tar cvf {tar}
    $ | tar -cf {tar} -T -
2 f 0.4
  [Compress|Gzip|Zip] {it}[|| with gzip| using gzip]
  & and [compress them|gzip them|compress them with gzip]
  $ -exec gzip {} \; $ | xargs gzip $ -exec gzip {} + $ -print0 | xargs -0 gzip
2 f 0.4
  [Calculate|Print|Compute|Show|Generate] the [md5sum|md5 sum|MD5 checksum|md5 checksum|md5sums]
    of {it}
  & and [print|calculate|show] their [md5 sums|md5sum|MD5 checksums]
  $ -exec md5sum {} \; $ -exec md5sum {} + $ | xargs md5sum $ -print0 | xargs -0 md5sum
1 f 0.4
  [Print|Show|Display|Determine] the [file type|type|file types] of {it}
  & and [print|show] their [file type|type]
  $ -exec file {} \; $ | xargs file $ -exec file {} + $ -print0 | xargs -0 file
3 f 0.4
  [Print|Show|Display|Output] the [content|contents] of {it}|[Concatenate|Cat] {it}
  & and [print|show|display] their [content|contents]
  $ -exec cat {} \; $ -exec cat {} \; $ | xargs cat $ -exec cat {} +
1 f 0.4
  [Show|Print|Display] the first {n} lines of {it}|[Show|Print] the first {n} lines of each of
    {it}
  & and [show|print] the first {n} lines of each
  $ -exec head -n {n} {} \; $ -exec head -{n} {} \; $ | xargs head -n {n}
1 f 0.4
  [Show|Print|Display] the last {n} lines of {it}
  & and [show|print] the last {n} lines of each
  $ -exec tail -n {n} {} \; $ -exec tail -{n} {} \; $ | xargs tail -n {n}
2 fdl 0.4
  [Save|Write|Store] the [list|names|paths] of {it} [to|in|into] {list}|[Write|Save] a list of
    {it} to {list}
  & and [save the list to|write the result to|store the results in|redirect the output to]
    {list}
  $ > {list} $ > {list} $ -print > {list}
1 fdl 0.4
  [Touch|Update the timestamp of|Update the modification time of] {it}
  & and touch them
  $ -exec touch {} \; $ -exec touch {} + $ | xargs touch
1 f 0.4
  [Rename|Move] {it} by [adding|appending] [the extension|suffix|] {x}[| to their names]
  & and [append|add] [|the suffix ]{x} to their names
  $ -exec mv {} {}.{a} \;
1 fdl 0.4
  [Run|Execute] {x} on {it}|[Run|Execute] [command|the command|the script|script] {x} [on|for]
    [each of |]{it}
  & and [run|execute] {x} on [each|them|each of them]
  $ -exec {a} {} \; $ -exec {a} {} \; $ | xargs {a} $ -print0 | xargs -0 {a}
1 d 0.4
  [Remove|Delete] {it} [with rmdir|if they are empty]
  & and remove them if empty
  $ -exec rmdir {} \; $ -empty -delete $ | xargs rmdir
"""
