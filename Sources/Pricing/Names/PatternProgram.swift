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

  init(_ node: PatternNode) {
    var steps: [Step] = []
    PatternProgram.compile(node, into: &steps)
    steps.append(.match)
    self.steps = steps
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

  /// Whether the pattern is found anywhere in a name. O(states · bytes), and once more for each place of a look ahead.
  func isFound(in name: [UInt8]) -> Bool { run(name, from: 0, isAnchored: false) }

  private func run(_ name: [UInt8], from first: Int, isAnchored: Bool) -> Bool {
    var current = States(count: steps.count)
    var following = States(count: steps.count)
    for place in first...name.count {
      if place == first || !isAnchored, enter(0, name, place, &current) { return true }
      guard place < name.count else { return false }
      for state in current.list {
        guard case .bytes(let set) = steps[state], set.contains(name[place]) else { continue }
        if enter(state + 1, name, place + 1, &following) { return true }
      }
      swap(&current, &following)
      following.removeAll()
      if isAnchored, current.list.isEmpty { return false }
    }
    return false
  }

  /// Adds a state and all that follow it without a byte; true when the end is among them.
  private func enter(_ first: Int, _ name: [UInt8], _ place: Int, _ states: inout States) -> Bool {
    var pending = [first]
    while let state = pending.popLast() {
      guard states.insert(state) else { continue }
      switch steps[state] {
      case .match: return true
      case .bytes: break
      case .jump(let target): pending.append(target)
      case .split(let one, let other): pending += [one, other]
      case .start: if place == 0 { pending.append(state + 1) }
      case .end: if place == name.count { pending.append(state + 1) }
      case .wordBoundary(let isOne):
        let before = place > 0 && ByteSet.word.contains(name[place - 1])
        let after = place < name.count && ByteSet.word.contains(name[place])
        if (before != after) == isOne { pending.append(state + 1) }
      case .look(let ahead, let isNegative):
        if ahead.run(name, from: place, isAnchored: true) != isNegative { pending.append(state + 1) }
      }
    }
    return false
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
