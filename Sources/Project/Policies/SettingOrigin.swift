/// Where the value of a setting comes from.
public enum SettingOrigin: Sendable, Hashable, CustomStringConvertible {
  /// It is written nowhere: the default of its key.
  case builtIn
  /// It is written at a place in a file; `section` names it when it is taken over from another section, such as
  /// `policies.default`.
  case written(FileLocation, section: String?)

  /// `default`, `tally.yaml:12` or `policies.default, tally.yaml:3`.
  public var description: String {
    switch self {
    case .builtIn: "default"
    case .written(let location, let section): (section.map { "\($0), " } ?? "") + location.short
    }
  }
}
