internal import Gateway
internal import HTTPTypes
internal import Hummingbird

extension LedgerServer {
  /// The paths of calls as the router knows them. A server that calls models answers them before the router (`CallHandler`): what
  /// comes here comes where none are called, or by another way to write the path.
  func addCalls(_ routes: Routes, _ desk: CallDesk?) {
    let paths = CallEndpoint.allCases.map { (HTTPRequest.Method.post, $0.path, $0.dialect) }
    for (method, path, dialect) in paths + [(.get, CallDesk.modelsPath, .openai)] {
      let refusal: Routes.Refusal = { plain, message, _ in CallRefusal(plain, message).answer(dialect) }
      let answer = (desk == nil ? CallDesk.none : CallDesk.misspelled(path)).answer(dialect)
      routes.on(method, path, CallDesk.demand, refusal: refusal) { _, _, _ in Response(answer) }
    }
  }
}
