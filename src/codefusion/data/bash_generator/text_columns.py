"""Requests about the columns of a text: cut, awk, paste, join.

Not for orders and repeats of whole lines: those are `text_pipelines`."""

from __future__ import annotations

from codefusion.data.bash_generator.command_table import read_table
from codefusion.data.bash_generator.text_book import ORDINALS, vary

_SEPARATORS = (
    ("comma", ","),
    ("colon", ":"),
    ("semicolon", ";"),
    ("pipe", "|"),
    ("space", " "),
    ("slash", "/"),
    ("dot", "."),
    ("hyphen", "-"),
)

_COLUMNS = r"""
4 <Show> <col> <of> <f>|From <f>, <show> <col>|Extract <col> from <f>|<Show> only <col> of [each
  line of |]<f>
  $ awk '{print ${column}}' {file}
  $ awk '{print ${column}}' {file}
  $ cut -f{column} {file}
3 <Show> the last [column|field|word] [of|in] [each line of |every line of |]<f>
  $ awk '{print $NF}' {file}
2 <Show> the [number of columns|number of fields|number of words|column count] [of|in|on] each
  line [of|in] <f>
  $ awk '{print NF}' {file}
2 <Show> the length of each line [of|in] <f>
  $ awk '{print length}' {file}
  $ awk '{print length($0)}' {file}
3 <Show> columns {column} and {small2} of <f>|From <f>, <show> fields {column} and {small2}
  $ awk '{print ${column}, ${small2}}' {file}
  $ awk '{print ${column},${small2}}' {file}
  $ cut -f{column},{small2} {file}
2 Swap the first two columns of <f>|<Show> the second column of <f> followed by the first|Reverse
  the order of the first two columns [of|in] <f>
  $ awk '{print $2, $1}' {file}
  $ awk '{print $2,$1}' {file}
3 [Calculate|Compute|<Show>] the sum of [the [numbers|values] in |]<col> [of|in] <f>|[Sum|Add up]
  [the [numbers|values] in |all values of |]<col> [of|in] <f>
  $ awk '{sum += ${column}} END {print sum}' {file}
  $ awk '{s+=${column}} END {print s}' {file}
  $ awk '{sum+=${column}} END {print sum}' {file}
3 [Sum|Add up|Add] [all |]the numbers in <f>|[Calculate|Compute|<Show>] the sum of [all |][the
  |]numbers [in|listed in] <f>
  $ awk '{s+=$1} END {print s}' {file}
  $ paste -sd+ {file} | bc
  $ awk '{sum += $1} END {print sum}' {file}
2 [Calculate|Compute|<Show>] the [average|mean] of [the [numbers|values] in |]<col> [of|in]
  <f>|Average <col> [of|in] <f>
  $ awk '{sum += ${column}} END {print sum/NR}' {file}
  $ awk '{s+=${column}} END {print s/NR}' {file}
2 <Show> the [largest|greatest|biggest|highest|maximum] [number|value] [in|of] <f>
  $ sort -n {file} | tail -1
  $ sort -nr {file} | head -1
  $ sort -n {file} | tail -n 1
2 <Show> the [smallest|lowest|minimum] [number|value] [in|of] <f>
  $ sort -n {file} | head -1
  $ sort -n {file} | head -n 1
2 <Show> the {small} [largest|greatest|biggest|highest] [numbers|values] [in|of] <f>
  $ sort -nr {file} | head -n {small}
  $ sort -n {file} | tail -n {small}
1 <Show> the {small} [smallest|lowest] [numbers|values] [in|of] <f>
  $ sort -n {file} | head -n {small}
3 <Show> <lines> <in> <f> [where|whose] <col> is [greater|larger|more|bigger] than {small2}
  $ awk '${column} > {small2}' {file}
  $ awk '${column}>{small2}' {file}
2 <Show> <lines> <in> <f> [where|whose] <col> is [less|smaller|lower] than {small2}
  $ awk '${column} < {small2}' {file}
  $ awk '${column}<{small2}' {file}
3 <Show> <lines> <in> <f> [where|whose] <col> [is|equals|is equal to] {word}
  $ awk '${column} == "{word}"' {file}
  $ awk '${column}=="{word}"' {file}
  $ awk '${column}=="{word}" {print}' {file}
2 <Show> <lines> <in> <f> [where|whose] <col> [matches|contains] {word}
  $ awk '${column} ~ /{word}/' {file}
2 <Show> <col> of [the |]lines <has> {word} in <f>|From the lines <has> {word} in <f>, <show>
  <col>
  $ grep {word} {file} | awk '{print ${column}}'
  $ awk '/{word}/ {print ${column}}' {file}
  $ grep '{word}' {file} | awk '{print ${column}}'
1 <Show> [every other|every second] line [of|in] <f>|<Show> the odd[-numbered|] lines <of> <f>
  $ awk 'NR%2==1' {file}
  $ sed -n '1~2p' {file}
  $ sed -n 'p;n' {file}
2 <Show> the first {small} characters of [each|every] line [in|of] <f>|[Truncate|Cut] each line of
  <f> to {small} characters
  $ cut -c1-{small} {file}
  $ cut -c 1-{small} {file}
  $ cut -c-{small} {file}
2 <Show> character {small} of [each|every] line [in|of] <f>
  $ cut -c{small} {file}
  $ cut -c {small} {file}
2 <Show> [each|every] line of <f> [starting at|starting from|from] character {small}[ on|
  onwards|]
  $ cut -c{small}- {file}
  $ cut -c {small}- {file}
2 <Show> the first [word|field] of [each|every] line [in|of] <f>|<Show> the first word on each
  line of <f>
  $ awk '{print $1}' {file}
  $ awk '{print $1}' {file}
  $ cut -d' ' -f1 {file}
3 Format <f> as a table|<View> <f> [as a table|with aligned columns|in aligned columns|in
  columns]|Align the columns [of|in] <f>
  $ column -t {file}
3 [Merge|Join|Combine|Paste] the lines of {file} and {file2} [side by side|next to each other|line
  by line]|<View> {file} and {file2} side by side, separated by tabs|Merge corresponding lines of
  {file} and {file2}
  $ paste {file} {file2}
2 [Merge|Join|Combine] [corresponding lines|the lines] of {file} and {file2}[,|] separated by [a
  |]{delimiter}
  $ paste -d'{delimiter}' {file} {file2}
3 Join {file} and {file2} [on|by] [the |their |a ]first [column|field]|[Join|Merge] the lines of
  {file} and {file2} [with a common first field|having the same first field]
  $ join {file} {file2}
  $ join <(sort {file}) <(sort {file2})
2 Join [the sorted |][contents of |]{file} and {file2} on the first [column|field], sorting them
  first
  $ join <(sort {file}) <(sort {file2})
2 Join [every|each] [two|2] lines of <f>[ into one|]|<Show> the lines of <f> two per line
  $ paste - - < {file}
  $ paste -d' ' - - < {file}
1 <Show> all [user names|users|usernames|logins] [in|from|listed in] /etc/passwd|<Show> [all |]the
  user names of this system
  $ cut -d: -f1 /etc/passwd
  $ awk -F: '{print $1}' /etc/passwd
1 <Show> all [group names|groups] [in|from] /etc/group
  $ cut -d: -f1 /etc/group
"""
_STEPS = r"""
0.5 <Show> [every|each] @1 line [of|in] <f>
  $ awk 'NR % @2 == 0' {file}
  $ sed -n '0~@2p' {file}
  $ awk 'NR%@2==0' {file}
"""
_ORDINAL_COLUMNS = r"""
1 <Show> the @1 [column|field] <of> <f>|From <f>, <show> the @1 [column|field]|Extract the @1
  [column|field] [from|of] <f>
  $ awk '{print $@2}' {file}
  $ awk '{print $@2}' {file}
  $ awk '{ print $@2 }' {file}
  $ cut -f@2 {file}
0.6 <Show> the @1 [word|space separated field] <of> [each|every] line [in|of] <f>
  $ awk '{print $@2}' {file}
  $ cut -d' ' -f@2 {file}
  $ cut -d ' ' -f @2 {file}
0.5 <Show> the @1 tab[-| ]separated [column|field] <of> <f>
  $ cut -f@2 {file}
  $ cut -f @2 {file}
  $ awk -F'\t' '{print $@2}' {file}
0.5 [Sum|Add up] the [values|numbers] in the @1 column of <f>|[Calculate|<Show>] the sum of the @1
  [column|field] of <f>
  $ awk '{sum += $@2} END {print sum}' {file}
  $ awk '{s+=$@2} END {print s}' {file}
0.5 Sort <f> by the @1 [column|field|word]|Sort the lines of <f> by [their|the] @1 [column|field]
  $ sort -k @2 {file}
  $ sort -k@2 {file}
  $ sort -k@2,@2 {file}
0.5 Sort <f> [numerically by|by the numeric value of|by the numbers in] the @1
  [column|field]|[Numerically sort|Sort numerically] <f> by the @1 [column|field]
  $ sort -n -k @2 {file}
  $ sort -nk@2 {file}
  $ sort -k@2,@2n {file}
  $ sort -k@2 -n {file}
0.5 <Show> [the |]<unique> values [of|in] the @1 column of <f>
  $ awk '{print $@2}' {file} | sort -u
  $ cut -f@2 {file} | sort -u
  $ awk '{print $@2}' {file} | sort | uniq
0.5 Count [how often each value occurs|the occurrences of each value] in the @1 column of <f>
  $ awk '{print $@2}' {file} | sort | uniq -c
  $ cut -f@2 {file} | sort | uniq -c
0.4 <Delete> the @1 column [of|from] <f>
  $ awk '{$@2=""; print}' {file}
  $ awk '{$@2=""; print $0}' {file}
  $ cut --complement -f@2 {file}
"""
_LATER_COLUMNS = r"""
0.4 <Show> all [columns|fields] of <f> [starting with|from] the @1[ on| one|]
  $ cut -f@2- {file}
  $ cut -d' ' -f@2- {file}
"""
_SEPARATED_COLUMNS = r"""
1 <Show> [field|column] {column} [of|in|from] [the |]@1[ |-]separated [file |]{file}|<Show> @1[
  |-][separated|delimited] [field|column] {column} of <f>|<Show> [field|column] {column} of <f>[,|
  where fields are] [separated|delimited] by [a |]@1|From <f>, <show> [column|field] [number
  |]{column}, using @1 as [the |][delimiter|separator]
  $ cut -d'@2' -f{column} {file}
  $ cut -d '@2' -f {column} {file}
  $ cut -d'@2' -f{column} {file}
  $ awk -F'@2' '{print ${column}}' {file}
0.5 <Show> the first @1[ |-][separated|delimited] [field|column] [of|in|from] [each line of
  |]<f>|<Show> [everything|the text|the part] before the first @1 [on|in] each line of <f>
  $ cut -d'@2' -f1 {file}
  $ awk -F'@2' '{print $1}' {file}
  $ cut -f1 -d'@2' {file}
0.5 <Show> the second @1[ |-][separated|delimited] [field|column] [of|in|from] [each line of |]<f>
  $ cut -d'@2' -f2 {file}
  $ awk -F'@2' '{print $2}' {file}
  $ cut -f2 -d'@2' {file}
0.5 <Show> the last @1[ |-][separated|delimited] [field|part|column] [of|in|from] [each line of
  |]<f>|<Show> [everything|the text] after the last @1 [on|in] each line of <f>
  $ awk -F'@2' '{print $NF}' {file}
  $ rev {file} | cut -d'@2' -f1 | rev
0.4 <Show> the last @1[ |-][separated|delimited] [field|part] of [the value of |]variable
  {variable}
  $ echo "${variable}" | awk -F'@2' '{print $NF}'
  $ echo ${variable} | rev | cut -d'@2' -f1 | rev
0.4 <Show> [field|part] {column} of [the value of |]variable {variable}, [split|separated] by
  @1|<Show> the @1[ |-]separated [field|part] {column} of variable {variable}
  $ echo ${variable} | cut -d'@2' -f{column}
  $ echo "${variable}" | cut -d'@2' -f{column}
0.3 Format [the |]@1[ |-]separated [file |]{file} as a table|<View> [the |]@1[ |-]separated [file
  |]{file} [as a table|in aligned columns]
  $ column -t -s'@2' {file}
  $ column -s'@2' -t {file}
0.5 Sort [the |]@1[ |-]separated [file |]{file} by [column|field] {column}|Sort <f> by @1[
  |-]separated [column|field] {column}
  $ sort -t'@2' -k{column} {file}
  $ sort -t '@2' -k {column} {file}
  $ sort -t'@2' -k{column},{column} {file}
0.4 Sort [the |]@1[ |-]separated [file |]{file} numerically by [column|field] {column}
  $ sort -t'@2' -k{column} -n {file}
  $ sort -t'@2' -nk{column} {file}
  $ sort -t'@2' -k{column},{column}n {file}
0.4 Join [the |]@1[ |-]separated files {file} and {file2}[ on the first field| on their first
  field|]
  $ join -t'@2' {file} {file2}
0.4 [Sum|Add up] [column|field] {column} of [the |]@1[ |-]separated [file |]{file}
  $ awk -F'@2' '{sum += ${column}} END {print sum}' {file}
  $ awk -F'@2' '{s+=${column}} END {print s}' {file}
0.3 <Show> <lines> of [the |]@1[ |-]separated [file |]{file} [where|whose] [column|field] {column}
  is {word}
  $ awk -F'@2' '${column} == "{word}"' {file}
  $ awk -F'@2' '${column}=="{word}"' {file}
0.3 Count [occurrences of each value|how often each value occurs] in [column|field] {column} of
  [the |]@1[ |-]separated [file |]{file}
  $ cut -d'@2' -f{column} {file} | sort | uniq -c
"""
COLUMNS = [
    *read_table(_COLUMNS),
    *vary(_STEPS, (*ORDINALS[2:], ("[tenth|10th]", "10"))),
    *vary(_ORDINAL_COLUMNS, ORDINALS),
    *vary(_LATER_COLUMNS, ORDINALS[1:]),
    *vary(_SEPARATED_COLUMNS, _SEPARATORS),
]
