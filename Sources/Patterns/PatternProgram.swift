/// A pattern as a machine whose states are all followed at once.
final class PatternProgram: Sendable {
  private enum Step: Sendable {
    /// Goes on to the next step with one of these bytes.
    case bytes(ByteSet)
    /// Goes on at both steps.
    case split(Int, Int)
    case jump(Int)
    case start
    case end
    case wordBoundary(Bool)
    case look(PatternProgram, isNegative: Bool)
    case match
  }

  static let mostSteps = 4_096
  private let steps: [Step]
  /// With which bytes a match of at least one byte can begin.
  private let beginnings: ByteSet

  init(_ node: PatternNode) {
    var steps: [Step] = []
    PatternProgram.compile(node, into: &steps)
    steps.append(.match)
    self.steps = steps
    beginnings = PatternProgram.beginnings(steps)
  }

  private static func beginnings(_ steps: [Step]) -> ByteSet {
    var set = ByteSet()
    var seen = States(count: steps.count)
    var pending = [0]
    while let state = pending.popLast() {
      guard seen.insert(state) else { continue }
      switch steps[state] {
      case .match: break
      case .bytes(let bytes): set = set.union(bytes)
      case .jump(let target): pending.append(target)
      case .split(let one, let other): pending += [one, other]
      case .start, .end, .wordBoundary, .look: pending.append(state + 1)
      }
    }
    return set
  }

  private static func compile(_ node: PatternNode, into steps: inout [Step]) {
    switch node {
    case .bytes(let set): steps.append(.bytes(set))
    case .start: steps.append(.start)
    case .end: steps.append(.end)
    case .wordBoundary(let isOne): steps.append(.wordBoundary(isOne))
    case .look(let inside, let isNegative): steps.append(.look(PatternProgram(inside), isNegative: isNegative))
    case .sequence(let parts): for part in parts { compile(part, into: &steps) }
    case .alternatives(let choices):
      var ends: [Int] = []
      for (place, choice) in choices.enumerated() {
        guard place < choices.count - 1 else {
          compile(choice, into: &steps)
          break
        }
        let split = steps.count
        steps.append(.match)
        compile(choice, into: &steps)
        ends.append(steps.count)
        steps.append(.match)
        steps[split] = .split(split + 1, steps.count)
      }
      for end in ends { steps[end] = .jump(steps.count) }
    case .repeated(let inside, let least, let most):
      for _ in 0..<least { compile(inside, into: &steps) }
      if let most {
        var splits: [Int] = []
        for _ in least..<most {
          splits.append(steps.count)
          steps.append(.match)
          compile(inside, into: &steps)
        }
        for split in splits { steps[split] = .split(split + 1, steps.count) }
      } else {
        let split = steps.count
        steps.append(.match)
        compile(inside, into: &steps)
        steps.append(.jump(split))
        steps[split] = .split(split + 1, steps.count)
      }
    }
  }

  /// Whether the pattern is found anywhere in a text. O(states · bytes), and once more for each place of a look ahead.
  func isFound(in text: [UInt8]) -> Bool { run(text, from: 0, isAnchored: false) }

  private func run(_ text: [UInt8], from first: Int, isAnchored: Bool) -> Bool {
    var current = States(count: steps.count)
    var following = States(count: steps.count)
    for place in first...text.count {
      if place == first || !isAnchored, enter(0, text, place, &current) { return true }
      guard place < text.count else { return false }
      for state in current.list {
        guard case .bytes(let set) = steps[state], set.contains(text[place]) else { continue }
        if enter(state + 1, text, place + 1, &following) { return true }
      }
      swap(&current, &following)
      following.removeAll()
      if isAnchored, current.list.isEmpty { return false }
    }
    return false
  }

  /// Adds a state and all that follow it without a byte; true when the end is among them.
  private func enter(_ first: Int, _ text: [UInt8], _ place: Int, _ states: inout States) -> Bool {
    var pending = [first]
    while let state = pending.popLast() {
      guard states.insert(state) else { continue }
      switch steps[state] {
      case .match: return true
      case .bytes: break
      case .jump(let target): pending.append(target)
      case .split(let one, let other): pending += [one, other]
      case .start, .end, .wordBoundary, .look: if holds(steps[state], text, place) { pending.append(state + 1) }
      }
    }
    return false
  }

  /// Whether what a step demands of a place is so.
  private func holds(_ step: Step, _ text: [UInt8], _ place: Int) -> Bool {
    switch step {
    case .start: return place == 0
    case .end: return place == text.count
    case .wordBoundary(let isOne):
      let before = place > 0 && ByteSet.word.contains(text[place - 1])
      let after = place < text.count && ByteSet.word.contains(text[place])
      return (before != after) == isOne
    case .look(let ahead, let isNegative): return ahead.run(text, from: place, isAnchored: true) != isNegative
    case .bytes, .split, .jump, .match: return true
    }
  }

  // MARK: Covering

  /// Every byte of every match, as ranges in order. Each state carries the earliest place at which a match that is in it began:
  /// what ends at a place and began earliest covers all else that ends there.
  func cover(of text: [UInt8]) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var current = Threads(count: steps.count)
    var following = Threads(count: steps.count)
    var place = 0
    while true {
      if current.list.isEmpty {
        while place < text.count, !beginnings.contains(text[place]) { place += 1 }
      }
      // States that were entered from the text before are older than one that begins here.
      enter(0, from: place, text, place, &current)
      if let first = current.match, first < place { PatternProgram.add(first..<place, to: &ranges) }
      guard place < text.count else { return ranges }
      for state in current.list {
        guard case .bytes(let set) = steps[state], set.contains(text[place]) else { continue }
        enter(state + 1, from: current.start[state], text, place + 1, &following)
      }
      swap(&current, &following)
      following.removeAll()
      place += 1
    }
  }

  private static func add(_ range: Range<Int>, to ranges: inout [Range<Int>]) {
    var range = range
    while let last = ranges.last, last.upperBound > range.lowerBound {
      range = min(last.lowerBound, range.lowerBound)..<range.upperBound
      ranges.removeLast()
    }
    ranges.append(range)
  }

  private func enter(_ first: Int, from start: Int, _ text: [UInt8], _ place: Int, _ threads: inout Threads) {
    var pending = [first]
    while let state = pending.popLast() {
      guard threads.insert(state, start) else { continue }
      switch steps[state] {
      case .match: threads.match = min(threads.match ?? start, start)
      case .bytes: break
      case .jump(let target): pending.append(target)
      case .split(let one, let other): pending += [one, other]
      case .start, .end, .wordBoundary, .look: if holds(steps[state], text, place) { pending.append(state + 1) }
      }
    }
  }

  /// States with the earliest place at which what is in them began.
  private struct Threads {
    private(set) var list: [Int] = []
    private(set) var start: [Int]
    var match: Int?

    init(count: Int) { start = [Int](repeating: .max, count: count) }

    /// Whether the state is new. States come in the order in which what is in them began, since those before them did: the first to
    /// come began first.
    mutating func insert(_ state: Int, _ place: Int) -> Bool {
      guard start[state] == .max else { return false }
      list.append(state)
      start[state] = place
      return true
    }

    mutating func removeAll() {
      for state in list { start[state] = .max }
      list.removeAll(keepingCapacity: true)
      match = nil
    }
  }

  private struct States {
    private(set) var list: [Int] = []
    private var isIn: [Bool]

    init(count: Int) { isIn = [Bool](repeating: false, count: count) }

    mutating func insert(_ state: Int) -> Bool {
      guard !isIn[state] else { return false }
      isIn[state] = true
      list.append(state)
      return true
    }

    mutating func removeAll() {
      for state in list { isIn[state] = false }
      list.removeAll(keepingCapacity: true)
    }
  }
}
