"""Requests to order lines or count them out, and chains of utilities: sort, uniq, shuf.

Not for what one look at the lines answers: that is `text_reading`."""

from __future__ import annotations

from codefusion.data.bash_generator.command_table import read_table

_PIPELINES = r"""
4 Sort <f>|Sort [the |all |][lines|contents] [of|in] <f>[ alphabetically| in alphabetical
  order|]|<View> <f> [sorted|in alphabetical order|in sorted order]|<View> [the |]sorted
  [lines|contents] of <f>
  $ sort {file}
  $ sort {file}
  $ sort {file}
  $ cat {file} | sort
3 Sort <f> <reversed>|Sort [the lines of |]<f> <reversed>|<View> <f> sorted <reversed>
  $ sort -r {file}
3 Sort <f> <asc>|Sort the numbers in <f> <asc>|[Numerically sort|Sort numerically] <f>
  $ sort -n {file}
3 Sort <f> numerically <desc>|Sort the numbers in <f> <desc>|Numerically sort <f> <desc>
  $ sort -nr {file}
  $ sort -rn {file}
  $ sort -n -r {file}
2 Sort <f>[,|] <any case>|Sort the lines of <f>[,|] <any case>
  $ sort -f {file}
2 Sort <f> by <col>|Sort the lines of <f> by <col>
  $ sort -k {column} {file}
  $ sort -k{column} {file}
  $ sort -k{column},{column} {file}
2 Sort <f> numerically by <col>|[Numerically sort|Sort numerically] <f> by <col>
  $ sort -n -k {column} {file}
  $ sort -nk{column} {file}
  $ sort -k{column} -n {file}
2 Sort <f> numerically by <col> <desc>|Sort <f> by <col> with the [largest|highest]
  [numbers|values] first
  $ sort -nrk{column} {file}
  $ sort -k{column} -nr {file}
  $ sort -k{column} -rn {file}
  $ sort -rnk {column} {file}
1 Sort <f> by [human readable sizes|human-readable size|sizes such as 2K and 1G]
  $ sort -h {file}
1 Sort the version numbers in <f>|Sort <f> by version[ number|]
  $ sort -V {file}
1 [Check|Test] [whether|if] <f> is sorted
  $ sort -c {file}
2 Sort <f> and [write|save] the [result|output] [back |]to the same file|Sort <f> [in
  place|in-place]
  $ sort -o {file} {file}
2 Sort <f> and <save> the [result|output|sorted lines] <to> {file2}|<Save> the sorted
  [lines|contents] of <f> <to> {file2}
  $ sort {file} > {file2}
  $ sort {file} > {file2}
  $ sort -o {file2} {file}
2 [Merge|Combine] [the sorted files |the already sorted files ]{file} and {file2}
  $ sort -m {file} {file2}
2 Sort [the contents of |the lines of ]{file} and {file2} together|Merge and sort {file} and
  {file2}
  $ sort {file} {file2}
4 <Show> [the |only the |only |]<unique> lines [in|of] <f>|<Show> <f> without
  [duplicates|duplicate lines|repeated lines]|<Show> [the |]sorted <unique> lines of <f>|Sort <f>
  and remove [duplicates|duplicate lines]|Sort <f>, keeping only <unique> lines|<Delete>
  [duplicate|repeated] lines [from|in] <f>
  $ sort -u {file}
  $ sort -u {file}
  $ sort {file} | uniq
  $ sort {file} | uniq
2 <Delete> [adjacent|consecutive] [duplicate|repeated] lines [from|in] <f>|<Show> <f> without
  [adjacent|consecutive] [duplicate|repeated] lines
  $ uniq {file}
2 <Delete> duplicate lines from <f> [without sorting it|keeping the original order|and keep the
  order of the lines|preserving order]|<Show> unique lines of <f> in [their|the] original order
  $ awk '!seen[$0]++' {file}
  $ awk '!a[$0]++' {file}
  $ awk '!x[$0]++' {file}
2 <Delete> duplicate lines from <f> and <save> the result <to> {file2}|<Save> the <unique> lines
  of <f> <to> {file2}
  $ sort -u {file} > {file2}
  $ sort {file} | uniq > {file2}
3 <Show> [only |][the |]lines [that appear|that occur|appearing|occurring] [more than once|several
  times] in <f>|<Show> [only |the |][duplicate|duplicated|repeated] lines [in|of] <f>
  $ sort {file} | uniq -d
2 <Show> [only |][the |]lines [that appear|that occur|appearing] [only once|exactly once] in <f>
  $ sort {file} | uniq -u
3 <Count> <unique> lines [in|of] <f>|How many <unique> lines are in <f>
  $ sort -u {file} | wc -l
  $ sort {file} | uniq | wc -l
  $ sort {file} | uniq | wc -l
2 <Count> [duplicate|duplicated|repeated] lines [in|of] <f>
  $ sort {file} | uniq -d | wc -l
3 Count [how often each line occurs|the occurrences of each line|how many times each line appears]
  in <f>|<Show> [each|every] [unique |]line of <f> with its [count|number of occurrences]|<Show> a
  count of each unique line [in|of] <f>|<Show> [the |]unique lines of <f> prefixed [with|by] the
  number of occurrences
  $ sort {file} | uniq -c
4 Count [how often each line occurs|the occurrences of each line] in <f>[,|] <often>|<Show>
  [each|every] unique line of <f> with its [count|number of occurrences][,|] <often>|<Show> the
  lines of <f> with their counts[,|] <often>
  $ sort {file} | uniq -c | sort -nr
  $ sort {file} | uniq -c | sort -rn
  $ sort {file} | uniq -c | sort -nr
3 <Show> the {small} most [frequent|common] lines [in|of] <f>|<Show> the top {small} lines of <f>
  by [frequency|number of occurrences]
  $ sort {file} | uniq -c | sort -nr | head -n {small}
  $ sort {file} | uniq -c | sort -rn | head -n {small}
  $ sort {file} | uniq -c | sort -nr | head -{small}
2 <Show> the most [frequent|common] line [in|of] <f>
  $ sort {file} | uniq -c | sort -nr | head -1
  $ sort {file} | uniq -c | sort -rn | head -n 1
3 <Show> the {small} most [frequent|common|used] words [in|of] <f>|<Show> the top {small} words
  [in|of] <f>
  $ tr -s ' ' '\n' < {file} | sort | uniq -c | sort -nr | head -n {small}
  $ tr ' ' '\n' < {file} | sort | uniq -c | sort -nr | head -n {small}
  $ cat {file} | tr ' ' '\n' | sort | uniq -c | sort -rn | head -n {small}
2 Count [the occurrences of each word|how often each word occurs] in <f>|<Show> the frequency of
  each word in <f>
  $ tr ' ' '\n' < {file} | sort | uniq -c
  $ tr -s ' ' '\n' < {file} | sort | uniq -c | sort -nr
2 <Count> <unique> words [in|of] <f>
  $ tr ' ' '\n' < {file} | sort -u | wc -l
  $ tr -s ' ' '\n' < {file} | sort | uniq | wc -l
1 Count [the occurrences of each character|how often each character occurs] in <f>
  $ grep -o . {file} | sort | uniq -c
  $ fold -w1 {file} | sort | uniq -c
2 Count [how often each value occurs|the occurrences of each value] in <col> of <f>[,|] <often>
  $ awk '{print ${column}}' {file} | sort | uniq -c | sort -nr
  $ awk '{print ${column}}' {file} | sort | uniq -c | sort -rn
2 <Show> [the |]<unique> values [of|in] <col> of <f>
  $ awk '{print ${column}}' {file} | sort -u
  $ awk '{print ${column}}' {file} | sort | uniq
  $ cut -f{column} {file} | sort -u
2 <Count> <unique> values [of|in] <col> of <f>
  $ awk '{print ${column}}' {file} | sort -u | wc -l
  $ awk '{print ${column}}' {file} | sort | uniq | wc -l
3 <Show> {small} random lines [from|of] <f>|<Show> {small} lines of <f> at
  random|[Pick|Select|Choose] {small} random lines from <f>
  $ shuf -n {small} {file}
  $ shuf -n {small} {file}
  $ sort -R {file} | head -n {small}
2 <Show> a [random|randomly chosen] line [from|of] <f>|[Pick|Select|Choose] a random line from <f>
  $ shuf -n 1 {file}
  $ shuf -n1 {file}
  $ sort -R {file} | head -1
2 [Shuffle|Randomize|Randomly sort|Randomly shuffle] [the |][order of the |]lines [of|in]
  <f>|<View> the lines of <f> in random order
  $ shuf {file}
  $ shuf {file}
  $ sort -R {file}
2 Shuffle the lines of <f> and <save> them <to> {file2}
  $ shuf {file} > {file2}
  $ shuf {file} -o {file2}
2 <Show> [the |]longest line [in|of] <f>
  $ awk '{print length, $0}' {file} | sort -nr | head -1
  $ awk 'length > max {max = length; line = $0} END {print line}' {file}
1 Sort the lines of <f> by [length|their length]
  $ awk '{print length, $0}' {file} | sort -n | cut -d' ' -f2-
3 <Show> [sorted |]lines <in> <f> <has> <x>[,| in] sorted[ order|]|Sort the lines of <f> <has> <x>
  $ grep "{phrase}" {file} | sort
  $ grep '{phrase}' {file} | sort
2 <Show> <unique> lines of <f> <has> <x>|<Show> <lines> <has> <x> in <f> without duplicates
  $ grep "{phrase}" {file} | sort -u
  $ grep '{phrase}' {file} | sort | uniq
2 <Count> <unique> lines <has> <x> in <f>
  $ grep "{phrase}" {file} | sort -u | wc -l
  $ grep '{phrase}' {file} | sort | uniq | wc -l
2 <Save> [all |the |]lines of <f> <has> <x> <to> {file2}|<Show> lines <has> <x> in <f> and <save>
  them <to> {file2}
  $ grep "{phrase}" {file} > {file2}
  $ grep '{phrase}' {file} > {file2}
2 [Append|Add] [all |the |]lines of <f> <has> <x> to {file2}
  $ grep "{phrase}" {file} >> {file2}
  $ grep '{phrase}' {file} >> {file2}
2 <Save> the [first|top] {small} lines of <f> <to> {file2}|Copy the first {small} lines of <f> to
  {file2}
  $ head -n {small} {file} > {file2}
2 <Save> the last {small} lines of <f> <to> {file2}|Copy the last {small} lines of <f> to {file2}
  $ tail -n {small} {file} > {file2}
2 <Show> the first {small} lines of <f>, sorted|<Show> the first {small} lines of sorted <f>|Sort
  <f> and <show> the first {small} lines
  $ sort {file} | head -n {small}
2 Sort <f> and <show> the last {small} lines
  $ sort {file} | tail -n {small}
2 <Show> the last {small} lines of <f> <has> <x>|<Show> the last {small} lines <has> <x> in <f>
  $ grep "{phrase}" {file} | tail -n {small}
  $ grep '{phrase}' {file} | tail -n {small}
2 [Follow|Monitor|Watch] <f> [for|and print] [new |]lines <has> <x>|<Show> [new|appended] lines of
  <f> <has> <x> as they [appear|are added]
  $ tail -f {file} | grep "{phrase}"
  $ tail -f {file} | grep --line-buffered '{phrase}'
2 <Find> <x> in the last {small} lines of <f>|Search the last {small} lines of <f> for <x>
  $ tail -n {small} {file} | grep "{phrase}"
  $ tail -n {small} {file} | grep '{phrase}'
2 <Find> <x> in the first {small} lines of <f>|Search the first {small} lines of <f> for <x>
  $ head -n {small} {file} | grep "{phrase}"
  $ head -n {small} {file} | grep '{phrase}'
2 <Show> the number of characters in [the string |the text |]{phrase}|<Show> the length of [the
  string |the text |]{phrase}|Count the characters in [the string |]{phrase}
  $ echo -n "{phrase}" | wc -c
  $ echo -n "{phrase}" | wc -m
2 [Calculate|Compute|<Show>] the [md5|md5 sum|md5sum|MD5 hash] of [the string |the text |]{phrase}
  $ echo -n "{phrase}" | md5sum
  $ echo -n '{phrase}' | md5sum
2 <Find> <x> in the [gzipped|compressed|gzip compressed] file {file}|<Show> lines <has> <x> in
  [gzipped|compressed] {file}
  $ zgrep "{phrase}" {file}
  $ zcat {file} | grep "{phrase}"
  $ zcat {file} | grep '{phrase}'
2 <Count> lines in [gzipped|compressed|the gzipped file|the compressed file] {file}
  $ zcat {file} | wc -l
2 <Show> the first {small} lines of [gzipped|compressed|the gzipped file|the compressed file]
  {file}
  $ zcat {file} | head -n {small}
2 <Find> <x> in [the output of|what is printed by] {process}|Run {process} and [show|print] only
  lines <has> <x>
  $ {process} | grep "{phrase}"
  $ {process} | grep '{phrase}'
1 <Show> sorted <unique> lines from <stdin>
  $ sort -u
  $ sort | uniq
1 <Show> a count of each unique line from <stdin>
  $ sort | uniq -c
"""
PIPELINES = read_table(_PIPELINES)
