extension Figure {
  public var json: JSONValue {
    switch self {
    case .intervals(let title, let unit, let rows):
      return [
        "kind": "intervals", "title": .string(title), "unit": .string(unit.rawValue), "rows": .array(rows.map(\.json)),
      ]
    case .mirror(let title, let left, let right, let rows):
      return [
        "kind": "mirror", "title": .string(title), "left": .string(left), "right": .string(right),
        "rows": .array(
          rows.map {
            [
              "label": .string($0.label), "left": .measured($0.left), "right": .measured($0.right),
              "note": .string($0.note),
            ]
          }),
      ]
    case .parts(let title, let unit, let parts):
      return [
        "kind": "parts", "title": .string(title), "unit": .string(unit.rawValue),
        "parts": .array(parts.map { ["label": .string($0.label), "value": .measured($0.value)] }),
      ]
    case .curve(let title, let x, let y, let points, let diagonal):
      return [
        "kind": "curve", "title": .string(title), "x": .string(x), "y": .string(y), "diagonal": .bool(diagonal),
        "points": .array(points.map { ["x": .measured($0.x), "y": .measured($0.y), "note": .string($0.note)] }),
      ]
    case .table(let title, let columns, let rows):
      return [
        "kind": "table", "title": .string(title), "columns": .array(columns.map(JSONValue.string)),
        "rows": .array(rows.map { .array($0.map(JSONValue.string)) }),
      ]
    }
  }

  public init?(json: JSONValue) {
    let title = json["title"]?.text ?? ""
    let unit = json["unit"]?.text.flatMap(Unit.init(rawValue:)) ?? .number
    let rows = json["rows"]?.elements ?? []
    switch json["kind"]?.text {
    case "intervals":
      self = .intervals(title: title, unit: unit, rows: rows.map(IntervalRow.init(json:)))
    case "mirror":
      self = .mirror(
        title: title, left: json["left"]?.text ?? "", right: json["right"]?.text ?? "",
        rows: rows.map {
          MirrorRow(
            $0["label"]?.text ?? "", left: $0["left"]?.real ?? .nan, right: $0["right"]?.real ?? .nan,
            note: $0["note"]?.text ?? "")
        })
    case "parts":
      let parts = json["parts"]?.elements ?? []
      self = .parts(
        title: title, unit: unit, parts: parts.map { Part($0["label"]?.text ?? "", $0["value"]?.real ?? .nan) })
    case "curve":
      let points = json["points"]?.elements ?? []
      self = .curve(
        title: title, x: json["x"]?.text ?? "", y: json["y"]?.text ?? "",
        points: points.map { Point($0["x"]?.real ?? .nan, $0["y"]?.real ?? .nan, note: $0["note"]?.text ?? "") },
        diagonal: json["diagonal"] == .bool(true))
    case "table":
      self = .table(
        title: title, columns: json["columns"]?.elements.map { $0.text ?? "" } ?? [],
        rows: rows.map { $0.elements.map { $0.text ?? "" } })
    default: return nil
    }
  }
}

extension Figure.IntervalRow {
  var json: JSONValue {
    var object = JSONObject()
    object["label"] = .string(label)
    object["value"] = value.flatMap(JSONValue.finite)
    object["low"] = low.flatMap(JSONValue.finite)
    object["high"] = high.flatMap(JSONValue.finite)
    object["limit"] = limit.flatMap(JSONValue.finite)
    object["note"] = .string(note)
    return .object(object)
  }

  init(json: JSONValue) {
    self.init(
      json["label"]?.text ?? "", json["value"]?.real, low: json["low"]?.real, high: json["high"]?.real,
      limit: json["limit"]?.real, note: json["note"]?.text ?? "")
  }
}

extension JSONValue {
  /// A number that has to be there; null, which is read as NaN, when it could not be computed.
  fileprivate static func measured(_ value: Double) -> JSONValue { finite(value) ?? .null }
}
