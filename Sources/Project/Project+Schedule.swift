extension Project {
  /// Names that schedules use and nobody declares.
  func scheduleFaults() -> [Fault] {
    var faults: [Fault] = []
    for entry in schedule {
      if let gate = entry.value.gate, gates[gate] == nil {
        let near = Spelling.nearest(to: gate, in: gates.ids)
        faults.append(
          Fault(
            key: "schedule", problem: "\(quoted(entry.id)) runs the gate \(quoted(gate)), which gates does not name",
            remedy: near.map { "Did you mean '\($0)'?" } ?? "Name it under gates."))
      }
      for target in entry.value.notify where notify[target] == nil {
        let near = Spelling.nearest(to: target, in: notify.ids)
        faults.append(
          Fault(
            key: "schedule", problem: "\(quoted(entry.id)) tells \(quoted(target)), which notify does not name",
            remedy: near.map { "Did you mean '\($0)'?" } ?? "Name it under notify."))
      }
    }
    return faults
  }
}
