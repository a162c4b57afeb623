/// What a ledger knows of one incident, for the post-mortem that people write of it.
public struct IncidentDraft: Sendable, Equatable {
  /// Something that happened shortly before the incident, or in it.
  public struct Event: Sendable, Equatable {
    public let at: Instant
    /// A surface of a change, `incident`, or `check`.
    public let lane: String
    public let text: String
    /// Nil where nobody is named.
    public let actor: String?

    public init(at: Instant, lane: String, text: String, actor: String?) {
      (self.at, self.lane, self.text, self.actor) = (at, lane, text, actor)
    }
  }

  /// Calls of the incident's feature in a stretch of time: those that a model was asked to answer in earnest.
  public struct Calls: Sendable, Equatable {
    /// Inclusive; where a limit ended the reading, later than was asked for.
    public let from: Instant
    public let to: Instant
    /// Whether all of the time that was asked for was read.
    public let isWhole: Bool
    public var count = 0
    public var errors = 0
    public var refusals = 0
    /// Not among them: calls that the server refused before anybody was asked.
    public var unasked = 0
    /// Not among them either: calls that met a drill.
    public var drilled = 0

    public init(from: Instant, to: Instant, isWhole: Bool) {
      (self.from, self.to, self.isWhole) = (from, to, isWhole)
    }
  }

  /// A field of the closure.
  public struct Field: Sendable, Equatable {
    public let name: String
    /// What the incident says already.
    public let said: String?
    /// What the ledger shows.
    public let found: String?
    /// Whether the incident cannot be closed yet because of it.
    public let isMissing: Bool

    public init(name: String, said: String?, found: String?, isMissing: Bool) {
      (self.name, self.said, self.found, self.isMissing) = (name, said, found, isMissing)
    }
  }

  /// Its newest event.
  public var incident: IncidentRecord
  public var asOf: Instant
  /// When it was closed; else `asOf`.
  public var end: Instant
  /// What the check incident-response says of it.
  public var finding: Finding
  /// Oldest first.
  public var timeline: [Event] = []
  /// From onset to end, and as long before; nil where the onset is not known.
  public var during: Calls?
  public var before: Calls?
  /// In the order in which they are asked for.
  public var fields: [Field] = []

  public init(_ incident: IncidentRecord, asOf: Instant, finding: Finding) {
    self.incident = incident
    self.asOf = asOf
    self.finding = finding
    end = incident.closedAt ?? asOf
  }

  /// What is still to be written before it can be closed.
  public var missing: [String] { fields.filter(\.isMissing).map(\.name) }

  /// The closure as far as it is known: what was said, else what the ledger shows, else "tbd", with which nothing can be closed.
  public var closure: JSONObject {
    var object = JSONObject()
    for field in fields { object[field.name] = .string(field.said ?? field.found ?? "tbd") }
    return object
  }

  /// `tally.incident-draft/1`.
  public var json: JSONValue {
    func calls(_ calls: Calls?) -> JSONValue {
      guard let calls else { return .null }
      return [
        "from": .string(calls.from.description), "to": .string(calls.to.description), "whole": .bool(calls.isWhole),
        "calls": .integer(Int64(calls.count)), "errors": .integer(Int64(calls.errors)),
        "refusals": .integer(Int64(calls.refusals)), "unasked": .integer(Int64(calls.unasked)),
        "drilled": .integer(Int64(calls.drilled)),
      ]
    }
    func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
    return [
      "schema": "tally.incident-draft/1", "as_of": .string(asOf.description), "incident": incident.json,
      "end": .string(end.description), "finding": finding.json,
      "timeline": .array(
        timeline.map {
          [
            "at": .string($0.at.description), "lane": .string($0.lane), "text": .string($0.text),
            "actor": text($0.actor),
          ]
        }),
      "during": calls(during), "before": calls(before),
      "closure": .array(
        fields.map {
          ["name": .string($0.name), "said": text($0.said), "found": text($0.found), "missing": .bool($0.isMissing)]
        }),
    ]
  }
}
