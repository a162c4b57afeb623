/// What the user says about attributes that no convention fixes.
public struct SpanMapping: Sendable, Equatable {
  /// Attributes of a span or its resource that name the feature, in order, before `tally.feature` and `service.name`.
  public var featureAttributes: [String] = []
  /// Attributes of a span or its resource that name the tenant, in order, before those of the table.
  public var tenantAttributes: [String] = []
  /// Attributes of a span or its resource that become tags of the same name.
  public var tagAttributes: [String] = []

  public init() {}

  /// The feature of a span of which nothing says it, as OpenTelemetry calls such a service.
  public static let unknownFeature = "unknown_service"
}
