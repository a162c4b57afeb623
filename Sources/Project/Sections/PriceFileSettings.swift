public import Records

/// An element of `prices`: a table of prices in a file.
public struct PriceFileSettings: Configurable {
  /// Relative to the project file.
  public var path = ""
  /// Since when its prices hold; nil for always.
  public var from: Instant?
  /// Until when, which is not in it; nil for ever.
  public var to: Instant?

  public init() {}

  public static let keys: [Key<PriceFileSettings>] = [
    Key("path", \.path, .path, "The file: data of genai-prices, or LiteLLM's map of models", required: true),
    Key("from", \.from, .optional(.date), "The first instant at which its prices hold"),
    Key("to", \.to, .optional(.date), "The first instant at which they no longer hold"),
  ]

  public func faults() -> [Fault] {
    guard let from, let to, to <= from else { return [] }
    return [Fault(key: "to", problem: "it ends before it begins", remedy: "Say first from, then to.")]
  }
}

extension Shape where Value == PriceFileSettings {
  /// A path alone, or with when its prices hold.
  static var priceFile: Shape {
    let (path, object) = (Shape<String>.path, Shape.object)
    return Shape(
      read: { node, current, reading in
        guard case .scalar = node.content else { return object.read(node, current, reading) }
        return path.read(node, nil, reading).map { path in
          var file = PriceFileSettings()
          file.path = path
          return file
        }
      },
      show: { file in file.from == nil && file.to == nil ? path.show(file.path) : object.show(file) },
      schema: { catalogue in
        JSONObject(["anyOf": [.object(path.schema(catalogue)), .object(object.schema(catalogue))]])
      },
      known: object.known)
  }
}
