import Records

/// Where a secret comes from: the project file itself holds none, since many read it and `tally config` prints it.
public struct SecretSettings: Configurable {
  /// A variable of the environment.
  public var variable: String?
  /// A file whose text it is, without the line break at its end; relative to the project file.
  public var file: String?

  public init() {}

  public static let keys: [Key<SecretSettings>] = [
    Key("env", \.variable, .optional(.text), "The variable of the environment that holds it"),
    Key("file", \.file, .optional(.path), "The file that holds it, relative to the project file"),
  ]

  public func faults() -> [Fault] {
    guard (variable == nil) == (file == nil) else { return [] }
    return [
      Fault(
        key: "file", problem: variable == nil ? "it says nowhere where it comes from" : "it comes from two places",
        remedy: "Write {env: VARIABLE} or {file: PATH}.")
    ]
  }
}

extension Shape where Value == SecretSettings {
  /// `{env: VARIABLE}` or `{file: PATH}`. What is written in its place may be the secret and is not shown.
  static var secret: Shape {
    let object = Shape.object
    return Shape(
      read: { node, _, reading in
        guard case .mapping = node.content else {
          reading.log.report(
            ProjectError(
              node.location, problem: "\(reading.path) must say where it comes from, and not what it is",
              remedy: "Write {env: VARIABLE} or {file: PATH}."))
          return nil
        }
        return object.read(node, nil, reading)
      },
      show: object.show,
      schema: { catalogue in
        var schema = object.schema(catalogue)
        schema["type"] = "object"
        return schema
      }, known: object.known)
  }
}
