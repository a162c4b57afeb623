import Comparison

/// Which arms of what was read are compared, base first.
struct ArmChoice {
  let chosen: [Int]

  struct Problem: Error, CustomStringConvertible {
    let description: String
  }

  /// - Throws: `Problem`, listing the variants there are.
  init(inputs: [String], arms: [TrialTable.Arm], base: String?, candidate: String?) throws {
    guard !arms.isEmpty else { throw Problem(description: "there are no trials in the input.") }
    if inputs.count == 2 {
      let first = try ArmChoice.only(of: 0, name: base, option: "--base", path: inputs[0], arms: arms)
      let second = try ArmChoice.only(of: 1, name: candidate, option: "--candidate", path: inputs[1], arms: arms)
      chosen = [first, second]
      return
    }
    switch (base, candidate) {
    case (let base?, let candidate?):
      chosen = [try ArmChoice.named(base, in: arms), try ArmChoice.named(candidate, in: arms)]
    case (nil, nil):
      guard arms.count > 1 else {
        throw Problem(
          description: """
            \(inputs[0]) holds one variant only. Name a second file, or the column that tells variants apart \
            (--variant COLUMN), or two score columns (--score A --score B).
            """)
      }
      chosen = Array(arms.indices)
      if arms.count == 2 {
        Terminal.note(
          "tally: base = \(arms[0].name), candidate = \(arms[1].name), in order of appearance (--base, --candidate to change)"
        )
      }
    case (let base?, nil):
      let first = try ArmChoice.named(base, in: arms)
      let rest = arms.indices.filter { $0 != first }
      guard rest.count == 1 else { throw ArmChoice.ambiguous("--candidate", arms) }
      chosen = [first] + rest
    case (nil, let candidate?):
      let second = try ArmChoice.named(candidate, in: arms)
      let rest = arms.indices.filter { $0 != second }
      guard rest.count == 1 else { throw ArmChoice.ambiguous("--base", arms) }
      chosen = rest + [second]
    }
  }

  private static func only(
    of source: Int, name: String?, option: String, path: String, arms: [TrialTable.Arm]
  ) throws -> Int {
    let own = arms.indices.filter { arms[$0].source == source }
    guard !own.isEmpty else { throw Problem(description: "\(path) holds no trials.") }
    if let name {
      guard let arm = own.first(where: { arms[$0].name == name }) else {
        throw Problem(description: "\(path) has no variant '\(name)'. It has:\n\(list(own.map { arms[$0] }))")
      }
      return arm
    }
    guard own.count == 1 else {
      throw Problem(
        description: """
          \(path) holds \(own.count) variants; say which one with \(option) (or --prompt, --provider):
          \(list(own.map { arms[$0] }))
          """)
    }
    return own[0]
  }

  private static func named(_ name: String, in arms: [TrialTable.Arm]) throws -> Int {
    guard let arm = arms.firstIndex(where: { $0.name == name }) else {
      throw Problem(description: "there is no variant '\(name)'. There are:\n\(list(arms))")
    }
    return arm
  }

  private static func ambiguous(_ option: String, _ arms: [TrialTable.Arm]) -> Problem {
    Problem(description: "more than two variants; name the other one with \(option):\n\(list(arms))")
  }

  private static func list(_ arms: [TrialTable.Arm]) -> String {
    let shown = arms.prefix(20).map { "  \($0.name)  (\($0.rows) rows)" }
    return (shown + (arms.count > 20 ? ["  … and \(arms.count - 20) more"] : [])).joined(separator: "\n")
  }
}
