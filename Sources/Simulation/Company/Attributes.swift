internal import Records

/// Attributes of a record as canonical JSON.
enum Attributes {
  static func text(_ value: JSONValue) -> String? { try? value.canonical() }
}

/// The card of an item of a suite: where it comes from and until when it counts.
struct ItemCard {
  var suite: String
  var trafficCluster: String
  var source = "prod"
  var reason = "sampled from production"
  var addedAt: Instant
  var expiresAt: Instant
  var pin = "none"

  var attributes: String? {
    Attributes.text([
      "suite": .string(suite), "traffic_cluster": .string(trafficCluster), "source": .string(source),
      "reason": .string(reason), "collected_at": .string(addedAt.description), "added_at": .string(addedAt.description),
      "expires_at": .string(expiresAt.description), "pin": .string(pin), "origin": "human",
    ])
  }

  func artifact(_ item: SuiteItem, at: Instant) -> ArtifactRecord {
    var artifact = ArtifactRecord(
      sha256: item.sha256(suite: suite), artifactKind: "dataset_item", name: item.id, at: at)
    artifact.version = "1"
    artifact.attributes = attributes
    return artifact
  }
}
