/// Chooses the columns that nobody named: by well-known names, confirmed by what the first rows hold.
struct ColumnGuess {
  let profile: TableProfile
  /// The input as errors name it.
  let file: String

  /// The column that the user named: exactly, else the only one that differs by case or writing habit.
  ///
  /// JSON rows may have fields that the sample lacks; `mayBeAbsent` lets those pass, to be checked at the end.
  func named(_ name: String, option: String, mayBeAbsent: Bool) throws -> String {
    let exact = profile.columns.count { $0.name == name }
    if exact == 1 { return name }
    if exact > 1 {
      throw IntakeError(
        file: file, line: 1, problem: "the column '\(name)' occurs \(exact) times",
        remedy: "Give each column its own name")
    }
    let wanted = ColumnNames.normalised(name)
    let close = profile.columns.filter { $0.normalised == wanted }
    if close.count == 1 { return close[0].name }
    if mayBeAbsent { return name }
    throw IntakeError(
      file: file, problem: "has no column '\(name)' (\(option))", remedy: "Its columns are: \(listing)")
  }

  /// The best column for a role that may stay open: a top-level name, or a dotted path that is in the list as such.
  func optional(_ names: [String], where confirms: (ColumnProfile) -> Bool) -> String? {
    for name in names {
      let matches = profile.columns.filter { $0.normalised == name }
      if matches.count == 1, confirms(matches[0]) { return matches[0].name }
    }
    return nil
  }

  /// The column of a role that must be filled.
  /// - Throws: `IntakeError` listing the columns when none fits or several fit equally well.
  func needed(
    _ names: [String], suffixes: [String], role: String, option: String, where confirms: (ColumnProfile) -> Bool
  ) throws -> String {
    for name in names {
      let matches = profile.columns.filter { $0.normalised == name && confirms($0) }
      if let match = try only(matches, role: role, option: option) { return match }
    }
    for name in names {
      let matches = profile.columns.filter {
        $0.name.contains(".") && ColumnNames.leaf($0.normalised) == name && confirms($0)
      }
      if let match = try only(matches, role: role, option: option) { return match }
    }
    for suffix in suffixes {
      let matches = profile.columns.filter { $0.normalised.hasSuffix(suffix) && confirms($0) }
      if let match = try only(matches, role: role, option: option) { return match }
    }
    throw IntakeError(
      file: file, problem: "has no column that is known to hold the \(role)\(nearMiss(names))",
      remedy: "Name it with \(option); the columns are: \(listing)")
  }

  private func only(_ matches: [ColumnProfile], role: String, option: String) throws -> String? {
    guard matches.count > 1 else { return matches.first?.name }
    let names = matches.prefix(12).map(\.name).joined(separator: ", ")
    throw IntakeError(
      file: file, problem: "has several columns that may hold the \(role): \(names)", remedy: "Choose with \(option)")
  }

  /// A column with a fitting name whose content does not fit, as an explanation.
  private func nearMiss(_ names: [String]) -> String {
    let miss = profile.columns.first { names.contains($0.normalised) && $0.others > 0 }
    guard let miss, let value = miss.firstOther else { return "" }
    return " ('\(miss.name)' holds '\(value)')"
  }

  /// The columns for a message.
  var listing: String {
    let names = profile.columns.prefix(40).map(\.name).joined(separator: ", ")
    return profile.columns.count > 40 ? names + " and \(profile.columns.count - 40) more" : names
  }
}
