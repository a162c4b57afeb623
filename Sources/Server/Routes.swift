internal import Gateway
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// Registers routes, each with what a key must let do there: there is no other way to register one, so that none is left
/// open by accident.
struct Routes {
  typealias Demand = AccessControl.Demand

  /// Makes the answer to a request that is not let in: what anybody would be answered, and its message.
  typealias Refusal = @Sendable (_ answer: Answer, _ message: String, _ request: Request) -> Answer

  private static let apiKey = HTTPField.Name("x-api-key")

  private let router: Router<ServerContext>
  private let access: AccessControl

  private let bodyLimit: Int

  /// - Parameter bodyLimit: bytes of a body that are let pass of a request that is not let in.
  init(_ router: Router<ServerContext>, access: AccessControl, bodyLimit: Int) {
    self.router = router
    self.access = access
    self.bodyLimit = bodyLimit
  }

  /// A route that asks for no key: for whoever watches the process.
  func open(_ path: String, answer: @escaping @Sendable () async -> Answer) {
    router.get(RouterPath(path)) { _, _ in Response(await answer()) }
  }

  /// - Parameters:
  ///   - demand: of whoever asks.
  ///   - refusal: for clients that read refusals in a form of their own.
  ///   - answer: gets the request before its body is read, what the path's names stand for, and who asks.
  func on(
    _ method: HTTPRequest.Method, _ path: String, _ demand: Demand, refusal: Refusal? = nil,
    answer: @escaping @Sendable (Request, Parameters, Principal) async -> Response
  ) {
    router.on(RouterPath(path), method: method) { [access, bodyLimit] request, context in
      func refuse(_ plain: Answer, _ message: String) -> Response {
        Response(refusal.map { $0(plain, message, request) } ?? plain)
      }
      let entry = await access.enter(
        authorization: request.headers[.authorization], apiKey: Routes.apiKey.flatMap { request.headers[$0] },
        to: demand)
      switch entry {
      case .success(let principal): return await answer(request, context.parameters, principal)
      case .failure(let refusal):
        await Routes.skip(request, limit: bodyLimit)
        return refuse(refusal.answer, refusal.message)
      }
    }
  }

  /// What no route answers below a path.
  /// - Parameters:
  ///   - demand: of whoever asks.
  ///   - answer: gets the request before its body is read, and who asks.
  func others(
    _ prefix: String, _ demand: @escaping @Sendable (Request) -> Demand,
    answer: @escaping @Sendable (Request, Principal) async -> Response
  ) {
    others(prefix) { [access, bodyLimit] request in
      let entry = await access.enter(
        authorization: request.headers[.authorization], apiKey: Routes.apiKey.flatMap { request.headers[$0] },
        to: demand(request))
      switch entry {
      case .success(let principal): return await answer(request, principal)
      case .failure(let refusal):
        await Routes.skip(request, limit: bodyLimit)
        return Response(refusal.answer)
      }
    }
  }

  /// The same, for an answer that says nothing but that there is none. They come before the
  /// routes.
  func others(_ prefix: String, answer: @escaping @Sendable (Request) async -> Response) {
    router.add(middleware: Others(prefix: prefix, answer: answer))
  }

  /// Lets a body pass without keeping it: many clients read no answer before they have sent it.
  private static func skip(_ request: Request, limit: Int) async {
    var left = limit
    do {
      for try await part in request.body {
        left -= part.readableBytes
        if left < 0 { return }
      }
    } catch {
      // Whoever broke off is answered all the same.
    }
  }
}

/// Answers what no route does.
private struct Others: RouterMiddleware {
  typealias Context = ServerContext

  let prefix: String
  let answer: @Sendable (Request) async -> Response

  func handle(
    _ request: Request, context: ServerContext, next: (Request, ServerContext) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch let error as HTTPError where error.status == .notFound && request.uri.path.hasPrefix(prefix) {
      return await answer(request)
    }
  }
}

extension Response {
  init(_ answer: Answer) {
    self.init(
      status: .init(code: answer.status), headers: HTTPFields(answer),
      body: .init(byteBuffer: ByteBuffer(bytes: answer.body)))
  }
}

extension HTTPFields {
  /// The headers of an answer.
  init(_ answer: Answer) {
    self.init()
    if let type = answer.contentType { self[.contentType] = type }
    if let seconds = answer.retryAfter { self[.retryAfter] = "\(seconds)" }
    self[values: .wwwAuthenticate] = answer.challenges
    // OpenAI's and Anthropic's SDKs heed it.
    if answer.isFinal, let name = HTTPField.Name("x-should-retry") { self[name] = "false" }
    name(answer.span)
  }
}
