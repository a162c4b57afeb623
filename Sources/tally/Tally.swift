import ArgumentParser

@main struct Tally: ParsableCommand {}
