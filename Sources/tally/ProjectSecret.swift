import Glibc
import Project

/// Secrets that the project file names and does not hold.
enum ProjectSecret {
  /// A secret that is not where the project file says.
  struct Missing: Error, CustomStringConvertible {
    let place: String
    let problem: String

    var description: String { "\(place): \(problem)" }
  }

  /// The secret that a setting names.
  static func value(of settings: SecretSettings, beside file: String, place: String) throws -> String {
    var value: String
    let source: String
    if let variable = settings.variable {
      source = "the variable \(variable)"
      guard let found = getenv(variable) else {
        throw Missing(place: place, problem: "the variable \(variable) is not set. Set it before `tally serve`")
      }
      value = String(cString: found)
    } else {
      let path = settings.file ?? ""
      source = "the file \(path)"
      value = try SmallFile.text(ProjectOption.path(path, beside: file)) { problem in
        Missing(place: place, problem: "\(path) cannot be read: \(problem)")
      }
    }
    while value.last?.isNewline == true { value.removeLast() }
    guard !value.isEmpty, value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
      throw Missing(
        place: place,
        problem: "\(source) holds \(value.isEmpty ? "nothing" : "what no header can hold: a control character")")
    }
    return value
  }
}
