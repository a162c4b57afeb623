/// Where one answer came from, as far as the ledger knows, and whether it can be made again.
public struct AnswerOrigin: Sendable, Equatable {
  /// How an answer can be made again.
  public enum Replay: String, Sendable {
    /// Every digest that the answer names resolves to an artifact.
    case exact
    /// All but the result of a tool, of a reranking, the configuration or a document's bytes.
    case degraded
    /// The prompt, the model or the index is gone.
    case impossible
  }

  /// Something that the answer was made with.
  public struct Part: Sendable, Equatable {
    /// What people call it, where it has a name.
    public var name: String?
    public var sha256: String?
    /// Whether an artifact of the ledger holds it.
    public var resolves: Bool

    public init(name: String? = nil, sha256: String? = nil, resolves: Bool) {
      (self.name, self.sha256, self.resolves) = (name, sha256, resolves)
    }
  }

  /// A chunk that was retrieved, of the version of a document.
  public struct Source: Sendable, Equatable {
    public var chunkID: String?
    public var docID: String?
    public var docSHA256: String?
    public var rank: Int64?
    /// Whether the model saw it; nil where nobody said.
    public var isInContext: Bool?
    /// Whether an artifact holds this version of the document.
    public var resolves = false
    /// From when on this version is out of date; nil as far as is known.
    public var endsAt: Instant?
    /// The share of the answer that it explains, from 0 to 1: leave-one-out log-probability.
    public var share: Double?

    public init() {}
  }

  /// Something that the answer says.
  public struct Claim: Sendable, Equatable {
    public enum Support: String, Sendable {
      /// A chunk that was in the context entails it.
      case entailed
      /// Only chunks that were not in the context entail it, or those that were support it in part.
      case weak
      /// Nothing supports it.
      case none
    }

    public let id: String
    public let support: Support
    /// The chunks that support it so; without support, those that somebody set beside it.
    public let chunks: [String]
    /// Whether somebody said that it is wrong.
    public let isWrong: Bool

    public init(id: String, support: Support, chunks: [String], isWrong: Bool) {
      (self.id, self.support, self.chunks, self.isWrong) = (id, support, chunks, isWrong)
    }
  }

  /// Why a wrong answer was wrong.
  public struct Diagnosis: Sendable, Equatable {
    public let code: String
    public let words: String
    public let owner: String

    public init(code: String, words: String, owner: String) {
      (self.code, self.words, self.owner) = (code, words, owner)
    }
  }

  public let spanID: String
  public let startedAt: Instant
  public var replay: Replay
  public var prompt = Part(resolves: false)
  public var config = Part(resolves: false)
  public var model = Part(resolves: false)
  /// Nil where nothing was retrieved, explicitly: then no index is needed.
  public var index: Part?
  /// Nil where nobody said what was retrieved; empty where nothing was.
  public var sources: [Source]?
  public var claims: [Claim] = []
  /// What does not resolve, and so stands in the way of an exact replay.
  public var unresolved: [String] = []
  /// Fields that a complete record has and this one has not.
  public var lacking: [String] = []
  /// By the last word about it; nil where nobody judged it.
  public var isRight: Bool?
  public var diagnosis: Diagnosis?

  public init(spanID: String, startedAt: Instant, replay: Replay) {
    (self.spanID, self.startedAt, self.replay) = (spanID, startedAt, replay)
  }

  /// Whether anything is recorded of where the answer came from beside the name of the model.
  public var isRecorded: Bool {
    let parts = [prompt, config, index ?? Part(resolves: false)]
    return sources != nil || !claims.isEmpty || parts.contains { $0.sha256 != nil }
  }

  /// The share of claims that a chunk of the context entails; nil without claims.
  public var coverage: Double? {
    claims.isEmpty ? nil : Double(claims.count { $0.support == .entailed }) / Double(claims.count)
  }

  /// Whether a source was out of date when the answer was given.
  public func isOutdated(_ source: Source) -> Bool { source.endsAt.map { $0 <= startedAt } ?? false }
}

extension AnswerOrigin {
  /// One object; what is not known is null.
  public var json: JSONValue {
    func text(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }
    func part(_ part: Part?) -> JSONValue {
      guard let part else { return .null }
      return ["name": text(part.name), "sha256": text(part.sha256), "resolves": .bool(part.resolves)]
    }
    func source(_ source: Source) -> JSONValue {
      [
        "chunk_id": text(source.chunkID), "doc_id": text(source.docID), "doc_sha256": text(source.docSHA256),
        "rank": source.rank.map(JSONValue.integer) ?? .null,
        "in_context": source.isInContext.map(JSONValue.bool) ?? .null,
        "resolves": .bool(source.resolves), "ends_at": text(source.endsAt?.description),
        "outdated": .bool(isOutdated(source)), "share": source.share.map(JSONValue.number) ?? .null,
      ]
    }
    let claims = claims.map { claim -> JSONValue in
      [
        "id": .string(claim.id), "support": .string(claim.support.rawValue),
        "chunk_ids": .array(claim.chunks.map(JSONValue.string)), "wrong": .bool(claim.isWrong),
      ]
    }
    let diagnosis: JSONValue =
      diagnosis.map { ["code": .string($0.code), "words": .string($0.words), "owner": .string($0.owner)] } ?? .null
    return [
      "span_id": .string(spanID), "started_at": .string(startedAt.description), "replay": .string(replay.rawValue),
      "unresolved": .array(unresolved.map(JSONValue.string)), "lacking": .array(lacking.map(JSONValue.string)),
      "prompt": part(prompt), "config": part(config), "model": part(model), "index": part(index),
      "sources": sources.map { .array($0.map(source)) } ?? .null, "claims": .array(claims),
      "coverage": coverage.map(JSONValue.number) ?? .null, "correct": isRight.map(JSONValue.bool) ?? .null,
      "diagnosis": diagnosis,
    ]
  }
}
