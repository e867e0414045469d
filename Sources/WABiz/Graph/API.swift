// The dialects of the /messages family.

/// Which of Meta's interfaces a message is for.
public enum API: String, Sendable, CaseIterable {
    /// `POST /{version}/{phone_number_id}/messages` of the Cloud API.
    case cloud
    /// `POST /v1/messages` of the retired On-Premises client.
    case onPremises = "on_premises"
    /// `POST /{version}/{phone_number_id}/marketing_messages` of the Cloud API.
    case marketingMessages = "marketing_messages"
}
