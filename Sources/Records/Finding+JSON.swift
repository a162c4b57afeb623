/// The stored and printed form of a finding: `tally.finding/1`.
extension Finding {
  public static let schema = "tally.finding/1"

  /// Deterministic: equal findings have equal canonical JSON. Numbers that do not exist are left out, never null or 0.
  public var json: JSONValue {
    var object = JSONObject()
    object["schema"] = .string(Finding.schema)
    object["check"] = .string(check)
    object["subject"] = .string(subject)
    object["verdict"] = .string(verdict.rawValue)
    object["reasons"] = .array(reasons.map(\.json))
    object["headline"] = .string(headline)
    object["measures"] = .array(measures.map(\.json))
    object["figures"] = .array(figures.map(\.json))
    object["evidence"] = .array(evidence.map { .string($0.description) })
    object["missing"] = .array(missing.map(\.json))
    object["next"] = .string(next)
    object["owner"] = owner.map(JSONValue.string)
    object["method"] = .string(method)
    object["as_of"] = .string(asOf.description)
    // As text: 64 bits do not fit into a JSON number.
    object["seed"] = seed.map { .string(String($0, radix: 16)) }
    object["looks"] = .integer(Int64(looks))
    object["policy_sha256"] = .string(policySHA256.description)
    object["inputs_sha256"] = .string(inputsSHA256.description)
    object["at"] = .string(at.description)
    object["expires_at"] = .string(expiresAt.description)
    return .object(object)
  }

  /// Reads what `json` wrote; nil when a field is missing or of another kind.
  public init?(json: JSONValue) {
    guard let check = json["check"]?.text, let subject = json["subject"]?.text,
      let verdict = json["verdict"]?.text.flatMap(Verdict.init(rawValue:)),
      let asOf = json["as_of"]?.text.flatMap({ Instant($0) }), let at = json["at"]?.text.flatMap({ Instant($0) }),
      let expiresAt = json["expires_at"]?.text.flatMap({ Instant($0) }),
      let policy = json["policy_sha256"]?.text.flatMap(SHA256Digest.init(hexadecimal:)),
      let inputs = json["inputs_sha256"]?.text.flatMap(SHA256Digest.init(hexadecimal:))
    else { return nil }
    self.init(check: check, subject: subject, asOf: asOf, policySHA256: policy, inputsSHA256: inputs)
    self.verdict = verdict
    self.at = at
    self.expiresAt = expiresAt
    reasons = json["reasons"]?.elements.compactMap(Reason.init) ?? []
    headline = json["headline"]?.text ?? ""
    measures = json["measures"]?.elements.compactMap(Measure.init) ?? []
    figures = json["figures"]?.elements.compactMap(Figure.init(json:)) ?? []
    evidence = json["evidence"]?.elements.compactMap { $0.text.flatMap { RecordID($0) } } ?? []
    missing = json["missing"]?.elements.compactMap(Missing.init) ?? []
    next = json["next"]?.text ?? ""
    owner = json["owner"]?.text
    method = json["method"]?.text ?? ""
    seed = json["seed"]?.text.flatMap { UInt64($0, radix: 16) }
    looks = json["looks"]?.real.flatMap { Int(exactly: $0) } ?? 1
  }
}

extension Finding.Reason {
  var json: JSONValue {
    var object = JSONObject()
    object["code"] = .string(code)
    object["about"] = about.map(JSONValue.string)
    object["verdict"] = .string(verdict.rawValue)
    object["text"] = .string(text)
    return .object(object)
  }

  init?(_ json: JSONValue) {
    guard let code = json["code"]?.text, let verdict = json["verdict"]?.text.flatMap(Finding.Verdict.init(rawValue:))
    else { return nil }
    self.init(code, about: json["about"]?.text, verdict, json["text"]?.text ?? "")
  }
}

extension Finding.Measure {
  /// As it stands in the finding.
  public var json: JSONValue {
    var object = JSONObject()
    object["name"] = .string(name)
    object["value"] = value.flatMap(JSONValue.finite)
    object["low"] = low.flatMap(JSONValue.finite)
    object["high"] = high.flatMap(JSONValue.finite)
    object["limit"] = limit.flatMap(JSONValue.finite)
    object["unit"] = .string(unit)
    return .object(object)
  }

  init?(_ json: JSONValue) {
    guard let name = json["name"]?.text else { return nil }
    self.init(
      name, json["value"]?.real, low: json["low"]?.real, high: json["high"]?.real, limit: json["limit"]?.real,
      unit: json["unit"]?.text ?? "")
  }
}

extension Finding.Missing {
  var json: JSONValue {
    var object = JSONObject()
    object["what"] = .string(what)
    object["how_much"] = howMuch.map { .integer(Int64($0)) } ?? .null
    return .object(object)
  }

  init?(_ json: JSONValue) {
    guard let what = json["what"]?.text else { return nil }
    self.init(what, json["how_much"]?.real.flatMap { Int(exactly: $0) })
  }
}
