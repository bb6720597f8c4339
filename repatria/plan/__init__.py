"""Who goes when, fairly, and why. Lists, classes and terms in; a plan that every party can re-verify out.

model     units, stages, places, and the rows every plan must meet: read this first
lottery   chances, compositions, tickets and the freeze; leximin, mixture and linear: how they are found
receipt   what a family needs to check its own ticket
solve     how many of each type go where, objective by objective
case      what the rows are made from: who is open, who is where they are, what is left of each term
rows      the terms as inequalities over whole numbers
cycles    closed rounds of parties
search    goals in order, each with its bound; the only file that knows a solver besides linear
conflict  the fewest terms that cannot be met together, by hitting; change: the least that would have to give way
stages    counts and tickets made into a plan document, and a plan made over
sooner    an answer about stages mended move by move
check     a plan re-verified in whole numbers, sharing no code with the search
explain   why someone goes, or does not, for officers and for families; levels: what the goals are about
"""
