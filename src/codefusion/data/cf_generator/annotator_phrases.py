"""The turns of phrase of annotators, one pattern per line, grouped by what they ask for.

Phrases only; the rules they stand for are in `annotator_style` and `annotator_values`."""

# ruff: noqa: E501  A wrapped pattern hides where it ends.

from __future__ import annotations

from codefusion.data.cf_generator import places
from codefusion.data.phrasing import Phrasebook

BOOK = Phrasebook(
    {
        **places.MACROS,
        "do": "Apply|Apply|Apply|Apply|Apply|apply|Applied|Add|Insert|Use|Set|Create|Apply the|"
        "Used|used",
        "find": "Highlight|Highlight|Highlight|Find|Identify|highlight|Find out|Mark|Show|"
        "<do> <cf> to highlight|<do> <cf> to find|<do> <cf> to find out|<do> <cf> and find out|"
        "Highlight|Heighlight|Mark with color|Color|Conditional formatting to find|"
        "used '<cf>' function to find",
        "paint": "Apply {color} color|Apply {color} color|Apply {color} fill|Change color to {color}|"
        "Apply {color} text color|apply {color} color|Apply {color} background|Apply color|"
        "Apply font color|Apply background color|Make {color} color|Fill {color} color",
    },
    places.MAKERS,
)

CONSTANT: dict[str, tuple[str, ...]] = {
    "ColorScale()": (
        "<lead><do> [the |]color scale<place>",
        "<lead>[Change|Apply|Set] color scale<rangepart>[|<sheetpart>|<columnpart>]",
        "<lead><do> [the |]{scale} color [scale|scales|scheme|Scale|Scales]<place>",
        "<lead><do> color [scales|scheme|gradient|Scales]<place>",
        "<lead><do> <cf> [of |and |with |for |]color [scale|scales|scheme]<place>",
        "<lead>Change [cell color with|color with|color using] <cf><rangepart><sheetpart>",
        "<lead>[Highlight|Color] [from |]top to bottom color<place>",
        "<lead><do> color scale to {column}[<place>|<rangepart>]",
        "<lead><do> [2|3|two|three|2 color|3-color] color scale<place>",
        "[Change|Apply] color scale<letterpart>[|<sheetpart>]",
    ),
    "DataBar()": (
        "<lead><do> [the |]data [bar|bars]<place>",
        "<lead><do> [databar|databars|DATA BAR|DATA Bar|Data Bar|Date Bar|bar chart]<place>",
        "<lead><do> <cf> [of |with |]['Data bars'|data bar|data bars|bar chart]<place>",
        "<lead><do> [gradient fill|Gradient Fill|solid fill]<place>",
        "<lead><do> <cf> [of|and|with] [{color} data bar|{color} data|gradient fill]<place>",
        "<lead><do> {color} data [bar|bars]<place>",
    ),
    "IconSet()": (
        "<lead><do> [the |an |]icon [set|sets]<place>",
        "<lead><do> [iconset|Icon Set|ICON SET|Icon set|icon|icon bar|Icon Sets|Icon Ser]<place>",
        "<lead><do> <cf> [of |with |on |]icon [set|sets]<place>",
        "<lead><do> icon set <cf><place>",
        "<lead><do> [the |][directional|shapes|percent|Directional|rating|indicator] icon [set|sets]<place>",
        "<lead><do> [the |]icon [set|sets] with [3|4|5|three|five] [arrows|symbols|flags|icons]<place>",
        "<lead><do> [3|4|5] [arrows|arrow] [direction|directions|] [<cf>|icon set]<place>",
        "<lead><do> [3|4|5] [direction|icon] color scale<place>",
        "<lead><do> <cf> [and|with] [directional icon|traffic lights|3 arrows|5 arrows|4 arrows]<place>",
        "<lead>[Change|Set] icon set<rangepart><sheetpart>",
    ),
    "Duplicate()": (
        "<lead><find> [the |]duplicate [value|values]<place>",
        "<lead><find> [the |]duplicate [values|value] [using|by|through|with] <cf><place>",
        "<lead><do> <cf> [of|for|to find|to highlight|to show] [Duplicate|duplicate] [Value|Values|values|value]<place>",
        "<lead><do> <cf> [of |for |to |][Duplicate|duplicates|DUPLICATE]<place>",
        "<lead><do> DUPLICATE [Highlight|Highlighted|CONDITION|CONDITIONAL FORMAT|formula|condition]<place>",
        "<lead><do> [Duplicate|duplicateValues|Duplicate Values] [highlighted|<cf>|highlight|]<place>",
        "<do> <cf> to {cells} highlight Duplicates[| in {sheet} sheet.]",
        "<cf> [for|to find|to highlight] duplicate [value|values|cells]<place>",
        "<lead><find> [duplicates|Duplicate|duplicate|repeated values]<place>",
    ),
    "aboveAverage()": (
        "<lead><find> [the |][value|values|figures|numbers|] above [average|the average]<place>",
        "<lead><find> [the |]above average [value|values|figure|numbers|amount]<place>",
        "<lead><do> <cf> to [highlight|find|show|color] [the |]above [average|Average] [figure|value|values|numbers|]<place>",
        "<lead><do> <cf> to highlight value above the average of {column}<place>",
        "<lead><do> <cf> and color the above average values for the data of {column}<place>",
        "<lead><find> above average [value |{column} ]by <cf> from cell {span}[|<columnpart>]",
        '<lead><find> above average of [{column}|"{column}"] on range {cells}[|<sheetpart>]',
        "<lead><do> <cf> of [Above Average|above average|aboveAverage]<place>",
        "<lead><do> [aboveAverage|above average|Above Average] [<cf>|condition|rule|highlight]<place>",
    ),
    "belowAverage()": (
        "<lead><find> [the |][value|values|figures|numbers|] below [average|the average]<place>",
        "<lead><find> [the |]below average [value|values|figure|numbers|amount]<place>",
        "<lead><do> <cf> to [highlight|find|show|color] [the |]below [average|Average] [figure|value|values|numbers|]<place>",
        "<lead><do> <cf> to highlight value below the average of {column}<place>",
        "<lead><do> <cf> and color the below average values for the data of {column}<place>",
        "<lead><find> below average [value |{column} ]by <cf> from cell {span}[|<columnpart>]",
        '<lead><find> below average of [{column}|"{column}"] on range {cells}[|<sheetpart>]',
        "<lead><do> <cf> of [Below Average|below average|belowAverage]<place>",
        "<lead><do> [belowAverage|below average|Below Average] [<cf>|condition|rule|highlight]<place>",
    ),
    "Blanks()": (
        "<lead><do> <cf> of [BLANKS|Blanks|blank cells|blanks]<place>",
        "<lead><find> [the |]blank [cells|values|cell]<place>",
        "<lead><do> [blanks|BLANK|blank cell] [<cf>|highlight|rule]<place>",
    ),
    "Errors()": (
        "<lead><find> [cells with |the |]errors<place>",
        "<lead><do> <cf> [of|for|to find] [errors|Errors|error values|error cells]<place>",
    ),
}
RANKED = (
    "<lead><do> [the |]<end> {n} [numbers|values|items|value|]<place>",
    "<lead><find> [the |]<end> {n} [values|value|numbers|cells|items|amounts|]<place>",
    "<lead><do> <cf> and color the <end> {n} values for the data of {column}<place>",
    "<lead>[Make|Apply] [font color|fill color|font color and fill color] - {color} for <end> {n} for {column}",
    "<lead><find> {n} <end> [values|value|numbers|]<place>",
    "<lead><end> {n} [value|values|numbers|]<place>",
    "<lead><find> [the |]<end> {n} [values|value|] of {column}<place>",
    '<lead><do> {color} color for <end> {n} values in [{column}|"{column}"]',
    "<lead><do> <end> {n} [{column}|cases|figures] [Highlighted|highlighted]<place>",
    "<lead><find> <end> {n} by <cf> from cell {span}[|<columnpart>]",
    "<lead><find> <end>{n} [number|item|value|values|]<place>",
    "<lead><do> <cf> of <end> {n} on sheet {sheet}",
    "<lead>[Identify|Find|Highlight] [the |]<end> {n} {column} from the cell {span}",
)
CONTAINS = (
    '<lead><paint> to "{column}" where value is "{x}"',
    '<lead><paint> to {column} column where value is "{x}"[||<sheetpart>|<rangepart>]',
    '<lead><paint> "{column}" [{span} |]where value is "{x}"[| on Sheet "{sheet}"]',
    '<lead><paint> for column {letter} where value is "{x}"',
    '<lead><paint> to column {letter} values where value is "{x}"',
    '<lead>For {column} [make|apply] {color} color if value [is|id] "{x}"',
    '<lead><find> "{x}" from cell {span} [(column - {column})|in column -{column}|in column name -{column}]',
    '<lead><find> "{x}" by <cf> from cell {span}<columnpart>',
    '<lead><find> [cell|cells] that [contain|contains] ["{x}"|{x}|{x}]<place>',
    '<lead><find> [cell|cells] with text [containing |]["{x}"|{x}]<place>',
    "<lead><find> [cell|cells|value] [having|containing] [text|the text|word] {x}<place>",
    "<do> <cf> and find out the {column} [start|starts|starting] with [letter |]{x} from cell {span}",
    'For {column} column starting with "{x}" [apply <cf>|apply {color} color]',
    'Change [font color|color|fill color] where {column} value = "{x}" for {span} for Sheet {sheet}',
    "Mark color for value={x} For {column} column on sheet {sheet}",
    'Conditional formatting with text containing "{x}" on range {cells}[| on sheet {sheet}]',
    "<paint> to {column} name {x}",
    "<lead><do> textContains [= |]{x} <cf><place>",
)
EQUALS = (
    "<lead><do> equalTo = {x} [<cf>|<cf>|rule]<place>",
    "<lead><do> equalTo [= |=]{x}[| to] cell range {cells}[|<columnpart>|<sheetpart>]",
    '<lead><find> [the |]value "{x}"<rangepart>[|<sheetpart>]',
    '<lead><find> [cell|cells] with value "{x}"[ on entire|] range {cells}[|<sheetpart>]',
    'Change [cell color|cell value|cell value color|color] for "{x}"<rangepart>[|<sheetpart>]',
    'Change cell value from range {cells} for "{x}"[|<sheetpart>]',
    "<do> <cf> to {x} on {column} value from cell {span}[|<sheetpart>|  of  sheet1.]",
    "[Change color to|Apply] {color} [color |]where text is {x}[||<place>]",
    '<lead><find> the "{x}" from cell {span} in column - {column}',
    '<lead><find> the [cell|cells] which [show|shows] "{x}"[ for {column}|] from cell {span}',
    '<lead><find> the [cell|cells] which [contains the text|contains|contain the text] "{x}" from cell {span}<sheetpart>',
    'Add <cf> where "{x}" to {color}',
    "<do> <cf> where {x} change color",
    "<do> the {x} Highlighted in sheet {sheet} for range {cells}",
    "{x} Highlighted in sheet {sheet} for range {cells}",
    "<do> <cf> and find out that which {column} are {x} from cell {span}<sheetpart>",
    "<do> For Highlighted {x} in sheet {sheet} cell number {cell}",
)
COMPARED = (
    '<lead><paint> [to "{column}" |to {column} |]where [value|price|it|amount] [is |is |]<rel> {x}',
    '<lead><paint> where "{column}" is <rel> {x}[|| {unit}]',
    "<lead><find> [cell |cells |][value|values] <rel> {x}<place>",
    "<lead><find> [cell|cells|values] where value is <rel> {x}<place>",
    "<lead><find> the {column} of cell {span} which is <rel> {x}<sheetpart>",
    "<do> {camel} <cf> [on|to] cell range {cells}[ in {sheet} sheet.|<columnpart>|] [with|=] {x}",
    "<do> {camel} = {x} <cf><place>",
    "<do> <cf> for {cells} [apply color|to color|] where value is <rel> {x}",
    "<do> <cf> to highlight cell with value <rel> {x} [for cells range|for range|in]  {cells}",
    "Change [background color|color|the color|font color] [for {span} |]where {column} is <rel> {x}",
    "<do> <cf> {sign} {x}[||<place>]",
    "highlight {letter} column [for the first rows |]where values is {sign} {x}",
    "Used' <cf>' to find value <rel> {x}<rangepart>",
    "<lead>In column-{column}, Find <rel> {x} cell from {span}",
)
