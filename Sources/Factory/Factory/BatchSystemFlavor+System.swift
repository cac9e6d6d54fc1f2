import BatchSystems
extension BatchSystemFlavor { var system: (any BatchSystem)? { nil } }
