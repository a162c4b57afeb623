/// Judges all thresholds of a project once every place where they may stand has been read.
struct PolicyValidation {
  let project: Project
  let reading: Reading

  func validate() {
    let errors = reading.log.errors.count
    if let block = project.policies.block(PolicyOverrides.shared) {
      _ = DefaultPolicy.read(block.node, onto: DefaultPolicy(), reading.at(block.path))
    }
    let isDefaultSound = reading.log.errors.count == errors
    for type in reading.catalogue.types { validate(type, withDefault: isDefaultSound) }
  }

  private func validate<Policy: CheckPolicy>(_ type: Policy.Type, withDefault: Bool) {
    var value = Policy()
    if withDefault, let block = project.policies.block(PolicyOverrides.shared) {
      value = Policy.read(Policy.shared(block.node), onto: value, reading.at(block.path)) ?? value
    }
    if let block = project.policies.block(Policy.check) {
      value = Policy.read(block.node, onto: value, reading.at(block.path)) ?? value
    }
    for overrides in project.subjectPolicies {
      guard let block = overrides.block(Policy.check) else { continue }
      _ = Policy.read(block.node, onto: value, reading.at(block.path))
    }
  }
}
