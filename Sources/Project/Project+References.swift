/// What is wrong between sections: mostly names that one uses and no other declares. Each is pointed at where it is used.
extension Project {
  func proxyFaults() -> [Fault] {
    let proxies = forward.filter(\.value.proxy)
    guard proxies.count > 1 else { return [] }
    return [
      Fault(
        key: "forward", below: [.key(proxies[1].id), .key("proxy")],
        problem: "\(quoted(proxies[0].id)) and \(quoted(proxies[1].id)) both answer Langfuse's other paths",
        remedy: "Write proxy: true for one of them.")
    ]
  }

  func routeFaults() -> [Fault] {
    routes.filter { upstreams[$0.value.upstream] == nil }.map { route in
      Fault(
        key: "routes", below: [.key(route.id), .key("upstream")],
        problem: "\(quoted(route.id)) is called at \(quoted(route.value.upstream)), which upstreams does not name",
        remedy: Project.remedy(route.value.upstream, among: upstreams.ids, of: "upstreams"))
    }
  }

  func fallbackFaults() -> [Fault] {
    routes.flatMap { route in
      route.value.fallbacks.enumerated().compactMap { place, fallback in
        let below: [Fault.Step] = [.key(route.id), .key("fallbacks"), .element(place), .key("upstream")]
        guard let upstream = upstreams[fallback.upstream] else {
          return Fault(
            key: "routes", below: below,
            problem: "\(quoted(route.id)) falls back on \(quoted(fallback.upstream)), which upstreams does not name",
            remedy: Project.remedy(fallback.upstream, among: upstreams.ids, of: "upstreams"))
        }
        guard let first = upstreams[route.value.upstream], first.dialect != upstream.dialect else { return nil }
        return Fault(
          key: "routes", below: below,
          problem:
            "\(quoted(route.id)) falls back on \(quoted(fallback.upstream)), which speaks \(upstream.dialect.rawValue)",
          remedy: "Dialects are not translated: name one that speaks \(first.dialect.rawValue).")
      }
    }
  }

  func agentFaults() -> [Fault] {
    agents.compactMap { agent in
      guard let parent = agent.value.parent else { return nil }
      let below: [Fault.Step] = [.key(agent.id), .key("parent")]
      guard agents[parent] != nil else {
        return Fault(
          key: "agents", below: below,
          problem: "\(quoted(agent.id)) acts for \(quoted(parent)), which agents does not name",
          remedy: Project.remedy(parent, among: agents.ids.filter { $0 != agent.id }, of: "agents"))
      }
      var seen = [agent.id]
      var next: String? = parent
      while let one = next, !seen.contains(one) {
        seen.append(one)
        next = agents[one]?.parent
      }
      guard next == agent.id else { return nil }
      return Fault(
        key: "agents", below: below, problem: "\(quoted(agent.id)) acts for itself, by way of its parents",
        remedy: "Leave out the parent of the one that a person or a service starts.")
    }
  }

  func runbookFaults() -> [Fault] {
    runbooks.filter { signals[$0.id] == nil }.map { runbook in
      Fault(
        key: "runbooks", below: [.key(runbook.id)],
        problem: "there is a runbook for \(quoted(runbook.id)), which signals does not name",
        remedy: Project.remedy(runbook.id, among: signals.ids, of: "signals"))
    }
  }

  func scheduleFaults() -> [Fault] {
    var faults: [Fault] = []
    for entry in schedule {
      if let gate = entry.value.gate, gates[gate] == nil {
        faults.append(
          Fault(
            key: "schedule", below: [.key(entry.id), .key("gate")],
            problem: "\(quoted(entry.id)) runs the gate \(quoted(gate)), which gates does not name",
            remedy: Project.remedy(gate, among: gates.ids, of: "gates")))
      }
      for (place, target) in entry.value.notify.enumerated() where notify[target] == nil {
        faults.append(
          Fault(
            key: "schedule", below: [.key(entry.id), .key("notify"), .element(place)],
            problem: "\(quoted(entry.id)) tells \(quoted(target)), which notify does not name",
            remedy: Project.remedy(target, among: notify.ids, of: "notify")))
      }
    }
    return faults
  }

  func approvalFaults() -> [Fault] {
    guard people.isEmpty, let budget = failureBudgets.first(where: { $0.value.response == .approval }) else {
      return []
    }
    return [
      Fault(
        key: "failure_budgets", below: [.key(budget.id), .key("when_spent")],
        problem: "\(quoted(budget.id)) needs a person's approval, and people names nobody",
        remedy: "Name under people who may approve.")
    ]
  }

  /// What to do about a name that a section does not have.
  private static func remedy(_ name: String, among names: [String], of section: String) -> String {
    Spelling.nearest(to: name, in: names).map { "Did you mean '\($0)'?" } ?? "Name it under \(section)."
  }
}
