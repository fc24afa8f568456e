"""Requests to change a text: sed and tr.

Not for columns: those are `text_columns`; nor for new texts, which `text_writing` has."""

from __future__ import annotations

from codefusion.data.bash_generator.command_table import read_table
from codefusion.data.bash_generator.text_book import vary

_EXCHANGES = (
    ("comma", ",", "tab", "\\t"),
    ("semicolon", ";", "comma", ","),
    ("colon", ":", "space", " "),
    ("tab", "\\t", "comma", ","),
    ("space", " ", "comma", ","),
    ("comma", ",", "semicolon", ";"),
    ("dot", ".", "comma", ","),
    ("comma", ",", "space", " "),
    ("hyphen", "-", "underscore", "_"),
    ("pipe", "|", "comma", ","),
)

_EDITS = r"""
6 <Replace> {word} <with> {word2} in <f>|In <f>, <replace> {word} <with> {word2}|Replace [all
  instances|all occurrences|every occurrence|each occurrence] of {word} <with> {word2} in
  <f>|[Change|Rename] [every|all|each] {word} to {word2} in <f>
  $ sed -i 's/{word}/{word2}/g' {file}
  $ sed -i 's/{word}/{word2}/g' {file}
  $ sed 's/{word}/{word2}/g' {file}
3 <Replace> {word} <with> {word2} in <f> <in place>|Modify <f> in place, replacing {word} <with>
  {word2}|Edit <f> <in place>, replacing all {word} <with> {word2}
  $ sed -i 's/{word}/{word2}/g' {file}
3 <View> [the contents of |]<f> with [all |every |each |]{word} replaced [by|with] {word2}|<View>
  <f>[,|] replacing [all |every |]{word} [by|with] {word2}
  $ sed 's/{word}/{word2}/g' {file}
2 Replace [only |]the first {word} on each line of <f> <with> {word2}|Replace the first occurrence
  of {word} [on|in] each line of <f> <with> {word2}
  $ sed 's/{word}/{word2}/' {file}
  $ sed -i 's/{word}/{word2}/' {file}
2 <Replace> {word} <with> {word2} in <f> and [keep|make|save] a [backup|backup copy] with
  [suffix|extension|the suffix] .bak
  $ sed -i.bak 's/{word}/{word2}/g' {file}
2 <Replace> {word} <with> {word2} in <f>[,|] <any case>
  $ sed -i 's/{word}/{word2}/gI' {file}
  $ sed 's/{word}/{word2}/gi' {file}
3 <Replace> {word} <with> {word2} in all {extension} files[ <cwd>|]
  $ sed -i 's/{word}/{word2}/g' *.{extension}
2 <Replace> {word} <with> {word2} in line {small} of <f>|In line {small} of <f>, <replace> {word}
  <with> {word2}
  $ sed -i '{small}s/{word}/{word2}/' {file}
  $ sed '{small}s/{word}/{word2}/g' {file}
2 <Replace> {word} <with> {word2} in <f> and <save> the [result|output] <to> {file2}|<Save> <f>
  with {word} replaced by {word2} <to> {file2}
  $ sed 's/{word}/{word2}/g' {file} > {file2}
2 <Replace> {word} <with> {word2} [in|from|on] <stdin>
  $ sed 's/{word}/{word2}/g'
4 <Delete> [all |the |all the |]lines <has> <x> [from|in] <f>|In <f>, <delete> [all |]lines <has>
  <x>
  $ sed -i '/{phrase}/d' {file}
  $ sed -i '/{phrase}/d' {file}
  $ sed '/{phrase}/d' {file}
  $ grep -v '{phrase}' {file}
2 <Show> <f> without the lines <has> <x>|<Show> <f> with lines <has> <x> removed
  $ grep -v '{phrase}' {file}
  $ sed '/{phrase}/d' {file}
2 <Delete> [all |the |]lines <has> <x> from <f> and <save> the [rest|result] <to> {file2}|<Save>
  [all |the |]lines of <f> <lacks> <x> <to> {file2}
  $ grep -v '{phrase}' {file} > {file2}
3 <Delete> line [number |]{small} [of|from|in] <f>|In <f>, <delete> line {small}
  $ sed -i '{small}d' {file}
  $ sed -i {small}d {file}
  $ sed '{small}d' {file}
3 <Delete> the first line [of|from|in] <f>
  $ sed -i 1d {file}
  $ sed -i '1d' {file}
  $ sed 1d {file}
  $ tail -n +2 {file}
3 <Delete> the last line [of|from|in] <f>
  $ sed -i '$d' {file}
  $ sed '$d' {file}
  $ head -n -1 {file}
2 <Delete> the first {small} lines [of|from|in] <f>
  $ sed -i '1,{small}d' {file}
  $ sed '1,{small}d' {file}
2 <Delete> [everything|all lines] from the line <has> {word} to the end of <f>
  $ sed -i '/{word}/,$d' {file}
  $ sed '/{word}/,$d' {file}
2 <Delete> all lines between {word} and {word2} in <f>
  $ sed '/{word}/,/{word2}/d' {file}
  $ sed -i '/{word}/,/{word2}/d' {file}
4 <Delete> <blank> [from|in] <f>
  $ sed -i '/^$/d' {file}
  $ sed '/^$/d' {file}
  $ grep -v '^$' {file}
1 [Squeeze|Collapse|Replace] [multiple|repeated|consecutive] [blank|empty] lines [in|of] <f> into
  one
  $ cat -s {file}
3 <Delete> [trailing|all trailing] [spaces|whitespace|white space] [from|in|at the end of] [each
  line of|every line of|all lines in] <f>
  $ sed -i 's/[ \t]*$//' {file}
  $ sed 's/[ \t]*$//' {file}
3 <Delete> [leading|all leading] [spaces|whitespace|white space] [from|in] [each line of|every
  line of|all lines in] <f>
  $ sed -i 's/^[ \t]*//' {file}
  $ sed 's/^[ \t]*//' {file}
2 <Delete> [all |all the |]spaces [from|in] <f>
  $ tr -d ' ' < {file}
  $ sed 's/ //g' {file}
  $ sed -i 's/ //g' {file}
2 <Delete> [all |]spaces from <stdin>
  $ tr -d ' '
3 <Delete> [carriage returns|all carriage returns|windows line endings|the carriage return at the
  end of each line] [from|in] <f>|Convert <f> from [DOS|Windows] to Unix line endings
  $ sed -i 's/\r$//' {file}
  $ sed -i 's/\r//g' {file}
  $ tr -d '\r' < {file}
  $ dos2unix {file}
2 <Delete> [all |]carriage returns from <f> and <save> the result <to> {file2}
  $ tr -d '\r' < {file} > {file2}
2 <Delete> [all |the |]comments [from|in] <f>|<Delete> [all |]lines [starting|beginning] with #
  [from|in] <f>
  $ sed -i '/^#/d' {file}
  $ sed '/^#/d' {file}
  $ grep -v '^#' {file}
2 <Delete> [everything|all text] after {word} [on|in] each line of <f>
  $ sed 's/{word}.*/{word}/' {file}
3 [Add|Prepend|Insert|Put] {word} [to|at] the [beginning|start|front] of [each|every] line [in|of]
  <f>|Prefix [each|every] line of <f> with {word}|Prepend {word} to [each|every] line of <f>
  $ sed 's/^/{word}/' {file}
  $ sed -i 's/^/{word}/' {file}
3 [Add|Append|Put] {word} [to|at] the end of [each|every] line [in|of] <f>|Append {word} to
  [each|every] line of <f>
  $ sed 's/$/{word}/' {file}
  $ sed -i 's/$/{word}/' {file}
2 [Insert|Add] [the line |a line |a line with ]{phrase} [before|above] the first line of
  <f>|[Insert|Add] {phrase} as the first line of <f>
  $ sed -i '1i {phrase}' {file}
2 [Insert|Add] [the line |a line |]{phrase} after line {small} [of|in] <f>
  $ sed -i '{small}a {phrase}' {file}
2 [Insert|Add] [the line |a line |]{phrase} after [each|every] line [containing|matching] {word}
  in <f>
  $ sed -i '/{word}/a {phrase}' {file}
  $ sed '/{word}/a {phrase}' {file}
2 [Insert|Add] [the line |a line |]{phrase} before [each|every] line [containing|matching] {word}
  in <f>
  $ sed -i '/{word}/i {phrase}' {file}
  $ sed '/{word}/i {phrase}' {file}
2 [Comment out|Put a # before] [all |]lines <has> {word} in <f>
  $ sed -i '/{word}/s/^/#/' {file}
1 [Uncomment|Remove the leading # from] [all |]lines <has> {word} in <f>
  $ sed -i '/{word}/s/^#//' {file}
1 [Double space|Double-space] <f>|[Insert|Add] [a blank line|an empty line] after [each|every]
  line [of|in] <f>
  $ sed G {file}
3 [Convert|Change|Transform|Translate] [all letters in |all characters in |the text of |]<f> to
  <up>|<View> <f> in <up>|Replace lower case letters <with> upper case ones in <f>
  $ tr '[:lower:]' '[:upper:]' < {file}
  $ tr a-z A-Z < {file}
  $ cat {file} | tr '[:lower:]' '[:upper:]'
  $ tr '[a-z]' '[A-Z]' < {file}
3 [Convert|Change|Transform|Translate] [all letters in |all characters in |the text of |]<f> to
  <low>|<View> <f> in <low>|Replace upper case letters <with> lower case ones in <f>
  $ tr '[:upper:]' '[:lower:]' < {file}
  $ tr A-Z a-z < {file}
  $ cat {file} | tr '[:upper:]' '[:lower:]'
  $ tr '[A-Z]' '[a-z]' < {file}
2 [Convert|Change] [the value of |]variable {variable} to <up>|<Show> [the value of |]variable
  {variable} in <up>
  $ echo "${variable}" | tr '[:lower:]' '[:upper:]'
  $ echo ${variable} | tr a-z A-Z
2 [Convert|Change] [the value of |]variable {variable} to <low>|<Show> [the value of |]variable
  {variable} in <low>
  $ echo "${variable}" | tr '[:upper:]' '[:lower:]'
  $ echo ${variable} | tr A-Z a-z
2 [Convert|Change] the [string|text|word] {phrase} to <up>
  $ echo "{phrase}" | tr '[:lower:]' '[:upper:]'
  $ echo "{phrase}" | tr a-z A-Z
2 [Convert|Change] <stdin> to <up>
  $ tr '[:lower:]' '[:upper:]'
  $ tr a-z A-Z
3 [Join|Merge|Put] [all |]lines [of|in] <f> [into a single line|into one line|on a single line|on
  one line] separated by [commas|a comma]|Replace [newlines|all newlines|line breaks] with commas
  in <f>|<Show> the lines of <f> as a comma separated list
  $ paste -sd, {file}
  $ paste -sd, {file}
  $ tr '\n' ',' < {file}
  $ cat {file} | tr '\n' ','
3 [Join|Merge|Put] [all |]lines [of|in] <f> [into a single line|into one line|on a single line]
  separated by [spaces|a space]|Replace [newlines|all newlines|line breaks] with spaces in <f>
  $ tr '\n' ' ' < {file}
  $ paste -sd' ' {file}
  $ cat {file} | tr '\n' ' '
1 [Join|Merge] [all |]lines [of|in] <f> with {delimiter}[ as separator|]|Replace [newlines|all
  newlines] with {delimiter} in <f>
  $ paste -sd'{delimiter}' {file}
  $ tr '\n' '{delimiter}' < {file}
3 <Delete> [all |]newlines [from|in] <f>|<Delete> all line breaks [from|in] <f>
  $ tr -d '\n' < {file}
  $ cat {file} | tr -d '\n'
2 Replace [all |]spaces with newlines in <f>|<Show> [each|every] word of <f> on [its own|a
  separate] line
  $ tr ' ' '\n' < {file}
  $ sed 's/ /\n/g' {file}
  $ cat {file} | tr ' ' '\n'
2 Replace [all |]commas with newlines in <f>
  $ tr ',' '\n' < {file}
  $ sed 's/,/\n/g' {file}
2 Replace [all |]tabs with spaces in <f>|Convert tabs to spaces in <f>
  $ expand {file}
  $ tr '\t' ' ' < {file}
  $ sed 's/\t/ /g' {file}
2 Replace [all |]spaces with [underscores|an underscore] in <f>
  $ tr ' ' '_' < {file}
  $ sed 's/ /_/g' {file}
  $ sed -i 's/ /_/g' {file}
2 [Squeeze|Replace] [multiple|repeated|consecutive] spaces [in|of] <f> [into|with|to] [one|a
  single one|a single space]
  $ tr -s ' ' < {file}
  $ cat {file} | tr -s ' '
  $ sed 's/  */ /g' {file}
2 <Delete> all [digits|numbers] from <f>
  $ tr -d '0-9' < {file}
  $ tr -d '[:digit:]' < {file}
  $ sed 's/[0-9]//g' {file}
1 <Delete> all [punctuation|punctuation characters] from <f>
  $ tr -d '[:punct:]' < {file}
1 <Delete> [everything|all characters] [except|but] [letters and digits|alphanumeric characters]
  from <f>
  $ tr -cd '[:alnum:]' < {file}
  $ tr -dc 'a-zA-Z0-9' < {file}
2 <Delete> the first {small} characters [of|from] [each|every] line [in|of] <f>
  $ sed 's/^.\{{small}\}//' {file}
2 <Delete> the last character [of|from] [each|every] line [in|of] <f>
  $ sed 's/.$//' {file}
2 <Delete> the first character [of|from] [each|every] line [in|of] <f>
  $ cut -c2- {file}
  $ sed 's/^.//' {file}
  $ cut -c 2- {file}
"""
_EXCHANGE_EDITS = r"""
0.5 <Replace> @1s with @3s in <f>|[Change|Convert] [all |]@1s to @3s in <f>
  $ tr '@2' '@4' < {file}
  $ cat {file} | tr '@2' '@4'
"""
EDITS = [
    *read_table(_EDITS),
    *vary(_EXCHANGE_EDITS, _EXCHANGES),
]
