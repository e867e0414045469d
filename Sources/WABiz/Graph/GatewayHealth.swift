// How an On-Premises client is: the answer of its health node, for one container and for a cluster of them.

public struct GatewayHealth: Sendable {
    public struct Node: Sendable {
        /// `<host>:<container>` in a cluster; nil for a client that is alone.
        public let name: String?
        /// `connected`, `connecting`, `disconnected`, `uninitialized`, `unregistered`, or a newer word; nil when the node does
        /// not say.
        public let gatewayStatus: String?
        /// `primary_master`, `secondary_master` or `coreapp`, in a cluster.
        public let role: String?

        /// A client that connects goes on by itself.
        public var isHealthy: Bool { gatewayStatus == "connected" || gatewayStatus == "connecting" }
    }

    public let nodes: [Node]
    public let httpStatus: Int

    /// There is a node, and every one is healthy.
    public var isHealthy: Bool { !nodes.isEmpty && nodes.allSatisfy(\.isHealthy) }

    /// `{"healthy":true,"nodes":[{"name":"host:container","gateway_status":"connected","role":"coreapp"}],"http_status":200}`
    public var document: Tree {
        let list = nodes.map { node in
            Tree.object([
                ("name", node.name.map(Tree.string)), ("gateway_status", node.gatewayStatus.map(Tree.string)), ("role", node.role.map(Tree.string)),
            ])
        }
        return ["healthy": .bool(isHealthy), "nodes": .array(list), "http_status": .integer(httpStatus)]
    }
}

extension Answer {
    /// - Throws: `.refused`; `.unreachable` for what is no answer of the On-Premises client's.
    package func health(for call: Call) throws(Failure) -> GatewayHealth {
        try value(for: call) { root in
            guard let health = root["health"], health.isObject else { return nil }
            func node(_ name: String?, _ view: JSONView) -> GatewayHealth.Node {
                GatewayHealth.Node(name: name, gatewayStatus: view["gateway_status"]?.string, role: view["role"]?.string)
            }
            if health["gateway_status"]?.isString == true { return GatewayHealth(nodes: [node(nil, health)], httpStatus: status) }
            let nodes = health.members.filter(\.value.isObject).map { node($0.name.string, $0.value) }
            return GatewayHealth(nodes: nodes, httpStatus: status)
        }
    }
}
