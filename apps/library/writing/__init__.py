"""What a learner writes into the library: stars, notes, topics, questions and pages of their own.

Each function is one short transaction that takes the learner's row first, so that two tabs come
one after the other, and keeps the search's entry of what was written up to date. Who may see what
is the caller's question.
"""
