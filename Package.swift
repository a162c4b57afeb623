// swift-tools-version: 6.2
import PackageDescription

/// What every target of the house is compiled with.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// Pure rooms are optimised in debug builds too: their tests run millions of small computations. Debug builds, and so
/// all tests, check at run time that no two accesses to a variable overlap; a release need not check every row again.
let optimised =
  strict + [
    .unsafeFlags(["-O"], .when(configuration: .debug)),
    .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
  ]

let package = Package(
  name: "tallystick",
  products: [
    .executable(name: "tally", targets: ["tally"])
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
    .package(url: "https://github.com/apple/swift-numerics", from: "1.1.0"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.34.1"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/grpc/grpc-swift-2", from: "2.4.0"),
    .package(url: "https://github.com/grpc/grpc-swift-nio-transport", from: "2.9.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    .executableTarget(
      name: "tally",
      dependencies: [
        "Checks", "Comparison", "Gateway", "Guards", "Intake", "Pricing", "Project", "Records", "Redaction", "Reports",
        "Server", "Simulation", "Statistics", "Store", "StorePostgres", "StoreSQLite",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: strict),
    .target(
      name: "Server",
      dependencies: [
        "Gateway", "Guards", "Pricing", "Records", "Store",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "GRPCCore", package: "grpc-swift-2"),
        .product(name: "GRPCNIOTransportHTTP2Posix", package: "grpc-swift-nio-transport"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "HummingbirdTLS", package: "hummingbird"), .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCertificateReloading", package: "swift-nio-extras"),
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
        .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
        .product(name: "NIOPosix", package: "swift-nio"), .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "NIOTLS", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ],
      swiftSettings: strict),
    .target(
      name: "Gateway", dependencies: ["Guards", "Intake", "Pricing", "Records", "Redaction", "Store"],
      swiftSettings: strict),
    .target(
      name: "Intake",
      dependencies: ["Patterns", "Pricing", "Records", "CCompression", "CXXHash"],
      swiftSettings: optimised),
    .target(
      name: "Reports",
      dependencies: ["Comparison", "Guards", "Records", "Statistics"],
      swiftSettings: strict),
    .target(
      name: "Checks",
      dependencies: [
        "Comparison", "Guards", "Project", "Records", "Similarity", "Statistics", "Store", "Tokenization",
      ],
      swiftSettings: optimised),
    .target(name: "Guards", dependencies: ["Records", "Similarity", "Statistics"], swiftSettings: optimised),
    .target(
      name: "Comparison",
      dependencies: ["Records", "Statistics", "CXXHash"],
      swiftSettings: optimised),
    .target(
      name: "StoreSQLite",
      dependencies: [
        "Store", .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ],
      swiftSettings: optimised),
    .target(name: "StorePostgres", dependencies: ["CPostgres", "Store"], swiftSettings: optimised),
    // libpq, loaded when it is asked for; its headers are needed to compile.
    .target(name: "CPostgres", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
    .target(name: "Simulation", dependencies: ["Records", "Statistics"], swiftSettings: optimised),
    .target(name: "Store", dependencies: ["CCompression", "Guards", "Records"], swiftSettings: optimised),
    .target(
      name: "Records",
      dependencies: ["CXXHash", .product(name: "Crypto", package: "swift-crypto")],
      swiftSettings: optimised),
    .target(
      name: "Project",
      dependencies: ["Patterns", "Pricing", "Records", "Redaction", .product(name: "Yams", package: "Yams")],
      swiftSettings: optimised),
    .target(
      name: "Statistics",
      dependencies: [.product(name: "RealModule", package: "swift-numerics")],
      swiftSettings: optimised),
    .target(name: "Pricing", dependencies: ["Patterns", "Records"], swiftSettings: optimised),
    .target(name: "Redaction", dependencies: ["Patterns", "Records"], swiftSettings: optimised),
    .target(name: "Patterns", swiftSettings: optimised),
    .target(name: "Tokenization", dependencies: ["Records"], swiftSettings: optimised),
    .target(name: "Similarity", swiftSettings: optimised),
    .systemLibrary(
      name: "CCompression",
      providers: [.apt(["zlib1g-dev", "libzstd-dev"])]),
    .target(name: "CXXHash"),
    .executableTarget(
      name: "bench-micro",
      dependencies: ["Statistics"],
      path: "Benchmarks/Micro",
      swiftSettings: strict),
    .executableTarget(
      name: "bench-ledger",
      dependencies: ["Checks", "Project", "Records", "Simulation", "Store", "StorePostgres", "StoreSQLite"],
      path: "Benchmarks/Ledger",
      swiftSettings: strict),
    .executableTarget(
      name: "bench-tokens",
      dependencies: ["Tokenization"],
      path: "Benchmarks/Tokens",
      swiftSettings: strict),
    .executableTarget(
      name: "bench-otlp",
      dependencies: ["Intake", "Records"],
      path: "Benchmarks/OTLP",
      swiftSettings: strict),
    .executableTarget(
      name: "bench-calls",
      dependencies: [
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      path: "Benchmarks/Calls",
      swiftSettings: strict),
    .executableTarget(
      name: "bench-bare-loop",
      path: "Benchmarks/BareLoop",
      linkerSettings: [.linkedLibrary("sqlite3")]),
    .testTarget(
      name: "ServerTests",
      dependencies: [
        "Server", .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOEmbedded", package: "swift-nio"),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "StatisticsTests",
      dependencies: ["SeededRandom", "Statistics"],
      exclude: ["Fixtures", "Oracles"],
      swiftSettings: strict),
    .target(
      name: "ZipWriting",
      dependencies: ["CCompression"],
      path: "Benchmarks/ZipWriting",
      swiftSettings: optimised),
    .executableTarget(
      name: "fuzz-intake",
      dependencies: ["SeededRandom", "Intake", "Records", "ZipWriting"],
      path: "Benchmarks/Fuzz/Sources",
      swiftSettings: strict),
    .testTarget(
      name: "IntakeTests",
      dependencies: ["RecordSamples", "SeededRandom", "Intake", "Pricing", "Records", "ZipWriting"],
      exclude: ["Fixtures"],
      swiftSettings: strict),
    .testTarget(
      name: "ReportsTests", dependencies: ["SeededRandom", "Reports", "Comparison", "Guards", "Records"],
      exclude: ["Golden"],
      swiftSettings: strict),
    .target(
      name: "Calibration",
      dependencies: ["Comparison", "Statistics"],
      path: "Benchmarks/Calibration",
      swiftSettings: optimised),
    // Worlds of the simulator in ledgers, and what the checks say there.
    .target(
      name: "CheckProof",
      dependencies: ["Checks", "Project", "Records", "Simulation", "Statistics", "Store", "StoreSQLite"],
      path: "Benchmarks/CheckProof",
      swiftSettings: optimised),
    .testTarget(
      name: "CheckProofTests", dependencies: ["CheckProof", "Checks", "Records", "Simulation", "Statistics"],
      swiftSettings: strict),
    .executableTarget(
      name: "calibrate",
      dependencies: [
        "Calibration", "CheckProof", "Checks", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Benchmarks/Calibrate",
      swiftSettings: strict),
    .testTarget(
      name: "CalibrationTests", dependencies: ["Calibration", "Comparison", "Statistics"], swiftSettings: strict),
    .testTarget(
      name: "TokenizationTests", dependencies: ["SeededRandom", "Records", "Tokenization"],
      exclude: ["Fixtures", "Oracles"],
      swiftSettings: strict),
    .testTarget(name: "PatternsTests", dependencies: ["Patterns", "SeededRandom"], swiftSettings: strict),
    .testTarget(name: "PricingTests", dependencies: ["Pricing", "Records", "SeededRandom"], swiftSettings: strict),
    .testTarget(
      name: "RedactionTests", dependencies: ["Patterns", "Records", "Redaction", "SeededRandom"], swiftSettings: strict),
    .testTarget(name: "RecordsTests", dependencies: ["SeededRandom", "Records"], swiftSettings: strict),
    .testTarget(
      name: "ProjectTests", dependencies: ["Pricing", "SeededRandom", "Project", "Records", "Redaction"],
      swiftSettings: strict),
    // Runs the built binary, as a user does; needs the executable, not its code.
    // What it leaves in a ledger is looked at through the ledger's own interface.
    .testTarget(
      name: "tallyTests",
      dependencies: [
        "SeededRandom", "tally", "PostgresServer", "Records", "Server", "Store", "StorePostgres", "StoreSQLite",
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "ChecksTests",
      dependencies: [
        "Checks", "Comparison", "Guards", "Project", "Records", "SeededRandom", "Statistics", "Store", "StoreSQLite",
        "Tokenization",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "SimulationTests", dependencies: ["Intake", "Records", "Simulation", "Statistics"], swiftSettings: strict),
    .testTarget(
      name: "SimilarityTests", dependencies: ["SeededRandom", "Similarity"], exclude: ["Fixtures", "Oracles"],
      swiftSettings: strict),
    // What requests mean, without HTTP.
    .testTarget(
      name: "GatewayTests",
      dependencies: [
        "Gateway", "Guards", "Patterns", "PostgresServer", "Pricing", "Records", "Redaction", "SeededRandom", "Store",
        "StorePostgres", "StoreSQLite", "Waiting",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "GuardsTests", dependencies: ["Guards", "Records", "SeededRandom"], exclude: ["Fixtures", "Oracles"],
      swiftSettings: strict),
    // Records with random fields.
    .target(
      name: "RecordSamples", dependencies: ["Records", "SeededRandom"], path: "Tests/Support/RecordSamples",
      swiftSettings: strict),
    // What tests draw from, and the fuzzer.
    .target(name: "SeededRandom", path: "Tests/Support/SeededRandom", swiftSettings: optimised),
    // What tests wait for, however slow the machine is.
    .target(name: "Waiting", path: "Tests/Support/Waiting", swiftSettings: strict),
    // A second process that appends, for tests of several at once.
    .executableTarget(
      name: "ledger-writer",
      dependencies: ["Records", "Store", "StorePostgres", "StoreSQLite"],
      path: "Tests/Support/LedgerWriter",
      swiftSettings: strict),
    // A server of the tests' own, which ends with them.
    .target(
      name: "PostgresServer", path: "Tests/Support/PostgresServer", exclude: ["server.sh"], swiftSettings: strict),
    // A file system in which the power can fail.
    .target(
      name: "CrashVFS",
      path: "Tests/Support/CrashVFS",
      linkerSettings: [.linkedLibrary("sqlite3")]),
    .testTarget(
      name: "StoreTests",
      dependencies: [
        "Guards", "RecordSamples", "SeededRandom",
        "Store", "StorePostgres", "StoreSQLite", "Records", "CrashVFS", "PostgresServer", "Waiting", "ledger-writer",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "ComparisonTests", dependencies: ["SeededRandom", "Comparison", "Records", "Statistics"],
      swiftSettings: strict),
  ]
)
