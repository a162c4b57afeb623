import Foundation

/// A JSON value that can be asked for paths: `json["difference", "low"]`, `json["slices", 0, "p"]`.
enum JSON: Equatable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSON])
  case object([String: JSON])

  enum Step: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    case key(String)
    case place(Int)
    init(stringLiteral value: String) { self = .key(value) }
    init(integerLiteral value: Int) { self = .place(value) }
  }

  struct Unknown: Error {}

  init(_ data: Data) throws {
    self = try JSON(foundation: JSONSerialization.jsonObject(with: data, options: [.fragmentsAllowed]))
  }

  private init(foundation value: Any) throws {
    switch value {
    case is NSNull: self = .null
    case let text as String: self = .string(text)
    case let list as [Any]: self = .array(try list.map(JSON.init(foundation:)))
    case let members as [String: Any]: self = .object(try members.mapValues(JSON.init(foundation:)))
    case let number as NSNumber:
      // Foundation bridges truth values to numbers too; only theirs have this type code.
      self = String(cString: number.objCType) == "c" ? .bool(number.boolValue) : .number(number.doubleValue)
    default: throw Unknown()
    }
  }

  subscript(_ steps: Step...) -> JSON {
    steps.reduce(self) { value, step in
      switch (step, value) {
      case (.key(let key), .object(let members)): members[key] ?? .null
      case (.place(let place), .array(let list)): list.indices.contains(place) ? list[place] : .null
      default: .null
      }
    }
  }

  var number: Double? { if case .number(let value) = self { value } else { nil } }
  var integer: Int? { number.flatMap { Int(exactly: $0) } }
  var string: String? { if case .string(let value) = self { value } else { nil } }
  var list: [JSON] { if case .array(let values) = self { values } else { [] } }
  var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
}

/// A number as somebody printed it: `is("9.5e-26", 9.4612e-26)` holds when it rounds to the printed digits.
func prints(_ value: Double?, _ printed: String) -> Bool {
  guard let value, let wanted = Double(printed) else { return false }
  let parts = printed.lowercased().split(separator: "e")
  let decimals = parts[0].split(separator: ".").dropFirst().first?.count ?? 0
  let format = parts.count == 2 ? "%.\(decimals)e" : "%.\(decimals)f"
  return Double(String(format: format, value)) == wanted
}
