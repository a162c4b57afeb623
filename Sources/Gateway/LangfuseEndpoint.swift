internal import Intake
public import Records
public import Store

/// The paths that Langfuse's SDKs need, so that they work with nothing but their host changed: their traces are OTLP (see
/// `OTLPEndpoint`), their scores come here.
///
/// Answers leave when everything is durable.
public struct LangfuseEndpoint: Sendable {
  private let ledger: GroupCommit
  private let reception: Reception
  private let clock: @Sendable () -> Instant
  private let forwards: ForwardPlan

  /// - Parameters:
  ///   - reception: what is done to scores before they are kept.
  ///   - forwards: who gets them too.
  ///   - clock: gives the time of what comes without one.
  public init(
    _ ledger: GroupCommit, _ reception: Reception = Reception(), forwards: ForwardPlan = ForwardPlan(),
    clock: @escaping @Sendable () -> Instant
  ) {
    self.ledger = ledger
    self.reception = reception
    self.forwards = forwards
    self.clock = clock
  }

  /// `POST /api/public/scores`: one score, or a list of them.
  public func receiveScores(_ body: Body, from principal: Principal) async -> Answer {
    do {
      let value = try LangfuseEndpoint.parsed(body)
      let forward = try onward(scores: value, body)
      guard case .array(let scores) = value else {
        let outcome = try await append([value], forward, from: principal)
        if let problem = outcome.problems.first {
          return Answer(status: 400, code: "SCORE_REFUSED", message: problem.message)
        }
        var answer = JSONObject()
        answer["id"] = .string(outcome.ids[0])
        return Answer(status: 200, json: answer)
      }
      let outcome = try await append(scores, forward, from: principal)
      var answer = JSONObject()
      guard !outcome.problems.isEmpty else {
        answer["message"] = .string("Accepted")
        return Answer(status: 202, json: answer)
      }
      answer["accepted"] = .integer(Int64(outcome.ids.count))
      answer["rejected"] = .integer(Int64(outcome.problems.count))
      answer["errors"] = .array(
        outcome.problems.map { problem in
          var error = JSONObject()
          error["message"] = .string(problem.message)
          return .object(error)
        })
      return Answer(status: 207, json: answer)
    } catch {
      return LangfuseEndpoint.answer(to: error)
    }
  }

  /// `POST /api/public/ingestion`: events of older SDKs. Scores are taken; SDKs that send traces here, and not as OTLP, are
  /// told so for every event.
  public func receiveEvents(_ body: Body, from principal: Principal) async -> Answer {
    do {
      let value = try LangfuseEndpoint.parsed(body)
      let events = value["batch"]?.elements ?? []
      var answers: [(id: String, problem: String?)] = []
      var scores: [JSONValue] = []
      var places: [Int] = []
      for event in events {
        let id = event["id"]?.text ?? ""
        switch event["type"]?.text {
        case "score-create":
          places.append(answers.count)
          scores.append(event["body"] ?? .null)
          answers.append((id, nil))
        case "sdk-log": answers.append((id, nil))
        case let type:
          let problem =
            "\(type ?? "An event without a type") is not taken here: use an SDK that sends its traces as OTLP (3 or later)."
          answers.append((id, problem))
        }
      }
      // Others may take the events that are not taken here.
      let forward = try events.isEmpty ? nil : onward(events, value, body, from: principal)
      let outcome = try await append(scores, forward, evenWithoutScores: true, from: principal)
      for problem in outcome.problems { answers[places[problem.place]].problem = problem.message }
      var answer = JSONObject()
      answer["successes"] = .array(
        answers.filter { $0.problem == nil }.map { LangfuseEndpoint.event($0.id, status: 201, message: nil) })
      answer["errors"] = .array(
        answers.filter { $0.problem != nil }.map { LangfuseEndpoint.event($0.id, status: 400, message: $0.problem) })
      return Answer(status: 207, json: answer)
    } catch {
      return LangfuseEndpoint.answer(to: error)
    }
  }

  /// `GET /api/public/projects`: what an SDK asks to see whether its keys are good.
  public static var projects: Answer {
    var organization = JSONObject()
    organization["id"] = .string("tally")
    organization["name"] = .string("tally")
    var project = organization
    project["organization"] = .object(organization)
    project["metadata"] = .object(JSONObject())
    var answer = JSONObject()
    answer["data"] = .array([.object(project)])
    return Answer(status: 200, json: answer)
  }

  // MARK: Scores

  private struct Outcome {
    var ids: [String] = []
    var problems: [(place: Int, message: String)] = []
  }

  /// - Parameter evenWithoutScores: whether the delivery is forwarded when there is no score in it.
  private func append(
    _ scores: [JSONValue], _ forward: SpoolDelivery?, evenWithoutScores: Bool = false, from principal: Principal
  ) async throws -> Outcome {
    var (outcome, batch) = (Outcome(), RecordBatch())
    var understood: [(place: Int, id: String)] = []
    let now = clock()
    for (place, score) in scores.enumerated() {
      do throws(LangfuseScore.Refusal) {
        let annotation = try LangfuseScore.annotation(score, received: now)
        understood.append((place, annotation.annotationID))
        batch.receive(annotation)
      } catch {
        outcome.problems.append((place, error.description))
      }
    }
    guard !understood.isEmpty || evenWithoutScores && forward != nil else { return outcome }
    reception.prepare(&batch)
    let refusals = try await ledger.append(batch, source: principal.source("langfuse"), forward: forward).refusals
    outcome.problems += refusals.map { (understood[$0.place].place, $0.problem) }
    let refused = Set(refusals.map(\.place))
    outcome.ids = understood.indices.filter { !refused.contains($0) }.map { understood[$0].id }
    return outcome
  }

  // MARK: Going on

  private func onward(scores value: JSONValue, _ body: Body) throws -> SpoolDelivery? {
    var scores = value.elements
    if case .object = value { scores = [value] }
    return try delivery(.scores, of: scores) { reception.onward.scores(value, try body.get()) }
  }

  private func onward(
    _ events: [JSONValue], _ value: JSONValue, _ body: Body, from principal: Principal
  ) throws -> SpoolDelivery? {
    var delivery = try delivery(.events, of: events.compactMap { $0["body"] }) {
      reception.onward.events(value, try body.get(), from: principal)
    }
    delivery?.holdsMore = events.contains { $0["type"]?.text != "score-create" }
    return delivery
  }

  private func delivery(
    _ signal: ForwardPlan.Signal, of bodies: [JSONValue], _ body: () throws -> [UInt8]?
  ) throws -> SpoolDelivery? {
    var delivery = try forwards.delivery(signal, isJSON: true, try body())
    delivery?.subjects = ErasureScope.all(in: bodies)
    return delivery
  }

  private static func parsed(_ body: Body) throws -> JSONValue {
    try body.get().withUnsafeBytes { bytes in
      do throws(JSONValue.Malformed) { return try JSONValue(parsing: bytes) } catch {
        throw BodyFault.unreadable("The body is no JSON: \(error.problem), at byte \(error.offset).")
      }
    }
  }

  private static func event(_ id: String, status: Int64, message: String?) -> JSONValue {
    var event = JSONObject()
    event["id"] = .string(id)
    event["status"] = .integer(status)
    event["message"] = message.map(JSONValue.string)
    return .object(event)
  }

  private static func answer(to error: any Error) -> Answer {
    switch error {
    case let fault as BodyFault: fault.answer
    case let error as LedgerError: Answer(error)
    default: Answer(status: 500, code: "FAILED", message: "\(error)")
    }
  }
}
