"""What the words of a search mean, before any engine is involved.

`words` splits and folds the text, `keyboard` undoes Telex and VNI keystrokes, and
`vocabulary` finds known words that begin like a word or are spelt nearly like it.
`query.parse` goes through the words in that order, adds the editors' synonyms, and
returns a `ParsedQuery`: terms, each with the alternatives that satisfy it. An engine
then only has to find the entries that have one alternative of every required term.
"""
