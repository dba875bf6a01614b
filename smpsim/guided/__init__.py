"""What a person is asked about a programme, in the browser and on a terminal, and real programmes.

The cockpit shows the questions of `questions` as sliders. ``smpsim new`` asks those of `answers`,
takes what was not asked from the nearest real programme, and writes a commented file.
"""
