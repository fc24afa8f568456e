"""Requests to see a text or to know how long it is: cat, head, tail, od, wc.

Not for what is in it: that is `text_searching`."""

from __future__ import annotations

from codefusion.data.bash_generator.command_table import read_table
from codefusion.data.bash_generator.text_book import ORDINALS, vary

_AMOUNTS = (("two", "2"), ("three", "3"), ("five", "5"), ("ten", "10"), ("twenty", "20"))
_RANGES = (("2", "5"), ("5", "10"), ("10", "20"), ("3", "8"), ("20", "30"), ("100", "200"))

_READS = r"""
5 <View> [the |][contents|content] of <f>|<View> <f>|<View> [the whole|the entire|all of] <f>
  $ cat {file}
2 <View> [the |][contents of |]<f> <numbered>|Number [all|all the|the] lines <of> <f>
  $ cat -n {file}
  $ cat -n {file}
  $ nl {file}
1 [Number|Add a line number to|Add line numbers to] [each|every] non-blank line <of> <f>
  $ nl {file}
1 [Number|Add a line number to] every line <of> <f>[, blank ones too|, even blank ones|]
  $ nl -ba {file}
  $ cat -n {file}
2 [Concatenate|Join|Merge|Combine] {file} and {file2} <to> [the file |]{word}
  $ cat {file} {file2} > {word}
2 [Concatenate|Print|Display|Show the contents of] [the files |][both |]{file} and {file2}
  $ cat {file} {file2}
2 [Concatenate|Join|Merge|Combine] all {extension} files [<cwd> |]into <f>
  $ cat *.{extension} > {file}
2 [Append|Add] [the contents of |]<f> to [the end of |]{file2}
  $ cat {file} >> {file2}
1 <View> [the content of |]<f> [showing|with] [all |]non-printing characters[ visible|]
  $ cat -v {file}
  $ cat -A {file}
1 <View> [the |][contents|content] of all {extension} files[ <cwd>|]
  $ cat *.{extension}
2 <View> <f> [page by page|one page at a time|one screen at a time|with paging]|Page through [the
  contents of |]<f>
  $ less {file}
  $ less {file}
  $ more {file}
  $ cat {file} | less
4 <Show> [the |]first {small} lines <of> <f>|<Show> [the top|the first] {small} lines of <f>
  $ head -n {small} {file}
  $ head -n {small} {file}
  $ head -{small} {file}
4 <Show> [the |]last {small} lines <of> <f>|<Show> the [final|bottom] {small} lines of <f>|From
  <f>, <show> the last {small} lines
  $ tail -n {small} {file}
  $ tail -n {small} {file}
  $ tail -{small} {file}
3 <Show> [the |][first|top] line <of> <f>|<Show> only the first line of <f>|<Show> the header line
  of <f>
  $ head -n 1 {file}
  $ head -1 {file}
  $ head -n1 {file}
3 <Show> [the |]last line <of> <f>|<Show> only the last line of <f>
  $ tail -n 1 {file}
  $ tail -1 {file}
2 <Show> the [beginning|start|top|head] of <f>|<Show> the first lines of <f>
  $ head {file}
2 <Show> the [end|tail|last lines|bottom|last part] of <f>
  $ tail {file}
2 <Show> the first {small} [bytes|bytes|characters] <of> <f>
  $ head -c {small} {file}
2 <Show> the last {small} [bytes|bytes|characters] <of> <f>
  $ tail -c {small} {file}
2 <Show> [everything|all lines] <in> <f> [except|but|without] the last {small} lines
  $ head -n -{small} {file}
2 <Show> [everything|all lines] <in> <f> [except|but|after|without] the first line|<Show> <f>
  without [its|the] [first line|header]|Skip the [first line|header] of <f>
  $ tail -n +2 {file}
  $ tail -n +2 {file}
  $ sed 1d {file}
  $ sed '1d' {file}
2 <Show> [the contents of |]<f> [starting at|starting from|from|beginning with] line {small}[ to
  the end| on|]
  $ tail -n +{small} {file}
3 [Follow|Monitor|Watch] [the end of |]<f>[ as it grows| for new lines|]|<Show> [new|appended]
  lines <of> <f> as they [are added|appear|are written]
  $ tail -f {file}
2 <Show> the last {small} lines of <f> and [follow it|keep printing new lines|wait for more]
  $ tail -n {small} -f {file}
  $ tail -f -n {small} {file}
2 <Show> the first {small} lines of [each of |]{file} and {file2}
  $ head -n {small} {file} {file2}
3 <Show> line [number |]{small} <of> <f>|<Show> only line {small} of <f>|In <f>, <show> line
  {small}|From <f>, <show> the line number {small}
  $ sed -n '{small}p' {file}
  $ sed -n {small}p {file}
  $ sed '{small}q;d' {file}
  $ head -n {small} {file} | tail -n 1
  $ head -{small} {file} | tail -1
  $ awk 'NR=={small}' {file}
2 <Show> the lines of <f> in reverse[ order|]|Reverse the [order of |order of the |]lines <in>
  <f>|<Show> <f> [backwards|from the last line to the first|from bottom to top|upside down]
  $ tac {file}
2 Reverse [the characters of |][each|every] line <in> <f>|<Show> [each|every] line of <f>
  [reversed|backwards|with its characters reversed]
  $ rev {file}
1 Reverse the [string|word|text] {phrase}|<Show> the string {phrase} [reversed|backwards]
  $ echo {phrase} | rev
  $ echo "{phrase}" | rev
2 [Wrap|Fold|Break] [each line|the lines|long lines] <in> <f> [to fit in|to|at|to a width of]
  {small} [characters|columns]
  $ fold -w {small} {file}
  $ fold -w{small} {file}
2 [Wrap|Fold|Break] [the lines|long lines] <of> <f> at {small} characters [breaking at spaces|at
  spaces only|without breaking words]
  $ fold -s -w {small} {file}
  $ fold -w {small} -s {file}
2 [Dump|<View>] <f> [in hex|as hexadecimal|in hexadecimal|as hexadecimal bytes]|<Show> a hex dump
  of <f>
  $ xxd {file}
  $ hexdump -C {file}
  $ od -t x1 {file}
  $ od -tx1 {file}
1 [Dump|<View>] <f> [in octal|as octal bytes]|<Show> an octal dump of <f>
  $ od {file}
  $ od -b {file}
1 <Show> <f> as [printable characters or backslash escapes|characters with escapes]
  $ od -c {file}
1 <Show> [the |][printable strings|readable text|printable text] <in> [the binary |the binary file
  |]{file}
  $ strings {file}
1 <Show> the first {small} bytes of <f> in [hex|hexadecimal]
  $ xxd -l {small} {file}
  $ head -c {small} {file} | xxd
  $ od -N {small} -t x1 {file}
"""
_AMOUNT_READS = r"""
1 <Show> [the |][first|top] @1 lines <of> <f>|From <f>, <show> the first @1 lines
  $ head -n @2 {file}
  $ head -@2 {file}
1 <Show> [the |]last @1 lines <of> <f>|From <f>, <show> the last @1 lines
  $ tail -n @2 {file}
  $ tail -@2 {file}
"""
_ORDINAL_READS = r"""
0.6 <Show> the @1 line <of> <f>|In <f>, <show> the @1 line
  $ sed -n '@2p' {file}
  $ sed -n @2p {file}
  $ head -n @2 {file} | tail -n 1
  $ awk 'NR==@2' {file}
"""
_RANGE_READS = r"""
0.7 <Show> lines [@1 to @2|from @1 to @2|@1-@2|between @1 and @2|@1 through @2] <of> <f>|In <f>,
  <show> lines [@1 to @2|from @1 through @2]
  $ sed -n '@1,@2p' {file}
  $ sed -n '@1,@2p' {file}
  $ sed -n @1,@2p {file}
  $ awk 'NR>=@1 && NR<=@2' {file}
0.4 <Delete> lines [@1 to @2|from @1 to @2|@1-@2|@1 through @2] [in|from|of] <f>
  $ sed -i '@1,@2d' {file}
  $ sed '@1,@2d' {file}
"""
_COUNTS = r"""
6 <Count> lines <in> <f>|<Show> the line count of <f>|How many lines [are there in|does] <f>[|
  have]
  $ wc -l {file}
  $ wc -l {file}
  $ wc -l {file}
  $ cat {file} | wc -l
  $ wc -l < {file}
2 <Count> lines <in> <f> [without printing|and print only the number, not|without] the file
  name|<Show> only the number of lines <of> <f>
  $ wc -l < {file}
  $ cat {file} | wc -l
3 <Count> words <in> <f>|<Show> the word count of <f>
  $ wc -w {file}
  $ wc -w {file}
  $ cat {file} | wc -w
3 <Count> characters <in> <f>
  $ wc -m {file}
  $ wc -m {file}
  $ wc -c {file}
2 <Count> bytes <in> <f>|<Show> the size of <f> in bytes
  $ wc -c {file}
  $ wc -c {file}
  $ wc -c < {file}
1 <Show> the [length|number of characters] of the longest line <in> <f>
  $ wc -L {file}
1 <Show> the number of lines, words and [bytes|characters] <in> <f>|<Count> lines, words and bytes
  <in> <f>
  $ wc {file}
3 <Count> lines in [each|every] {extension} file[ <cwd>|]|<Count> lines <in> all {extension} files
  $ wc -l *.{extension}
2 <Show> the total number of lines in all {extension} files[ <cwd>|]
  $ cat *.{extension} | wc -l
4 <Count> lines [containing|that contain|matching|with] <x> <in> <f>|In <f>, <count> lines
  [containing|with] <x>|How many lines of <f> contain <x>
  $ grep -c "{phrase}" {file}
  $ grep -c '{phrase}' {file}
  $ grep "{phrase}" {file} | wc -l
2 <Count> lines <lacks> <x> <in> <f>
  $ grep -vc '{phrase}' {file}
  $ grep -v '{phrase}' {file} | wc -l
2 <Count> lines [containing|with] <w> <in> <f>[,|] <any case>
  $ grep -ic {word} {file}
  $ grep -i {word} {file} | wc -l
3 <Count> [occurrences|all occurrences] of <x> <in> <f>|Count how [often|many times] {phrase}
  [occurs|appears] in <f>
  $ grep -o "{phrase}" {file} | wc -l
  $ grep -o '{phrase}' {file} | wc -l
2 <Count> [non-empty|non-blank|nonblank] lines <in> <f>
  $ grep -c . {file}
  $ sed '/^$/d' {file} | wc -l
  $ grep -v '^$' {file} | wc -l
2 <Count> [empty|blank] lines <in> <f>
  $ grep -c '^$' {file}
  $ grep -c ^$ {file}
  $ grep '^$' {file} | wc -l
"""
READINGS = [
    *read_table(_READS),
    *vary(_AMOUNT_READS, _AMOUNTS),
    *vary(_ORDINAL_READS, ORDINALS[1:]),
    *vary(_RANGE_READS, _RANGES),
    *read_table(_COUNTS),
]
