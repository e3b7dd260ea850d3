//! CloudHub 1.0: a specification that was converted from another format with losses, and two versions of
//! the same resource.

mod alerts;
mod applications;
mod calls;
mod deploy;
mod networks;
mod records;

use anypoint_cloudhub::{Client, OrganizationClient};
use anypoint_core::OrganizationId;

use super::session;
use crate::support::Server;

const BASE: &str = "/cloudhub/api";

mod naive {
    use std::collections::BTreeMap;

    naive! {
        // After one resource's form of dates.
        TextDates { updated: "lastUpdateTime" as String }
        AlertDates { created: "createdAt" as String }
        EpochDeployments { data: "data" as Vec<EpochDeployment> }
        EpochDeployment { created: "createTime" as i64 }
        // After the other version of the API.
        FlatApplication { workers: "workers" as i32 }
        FlatVersion { version: "muleVersion" as String }
        NestedApplication { version: "muleVersion" as NestedVersion }
        NestedVersion { version: "version" as String }
        EncryptedV2 { encrypted: "persistentQueuesEncrypted" as bool }
        // After the published examples.
        Wrapped { value: "value" as Vec<Identified> }
        WrappedCounts { value: "value" as Counts }
        Counts { samples: "samples" as Vec<BTreeMap<String, i64>> }
        Identified { id: "id" as String }
        CapitalAddresses { addresses: "IpAddresses" as Vec<String> }
        SmallAddresses { addresses: "ipAddresses" as Vec<String> }
        AllowList { list: "ipAllowlist" as Vec<String> }
        BooleanMode { mode: "httpMode" as bool }
        VerifyModes { endpoints: "sslEndpoints" as Vec<VerifyMode> }
        VerifyMode { mode: "verifyClientMode" as bool }
        // After the published schemas.
        Status { status: "status" as StatusName }
        Vpn { state: "state" as VpnTunnels }
        VpnTunnels { tunnels: "vpnTunnels" as Vec<VerifyMode> }
        WorkerAmount { workers: "workers" as Amount }
        Amount { amount: "amount" as i32 }
        Versions { versions: "supportedVersions" as Vec<String> }
        Tagged { condition: "condition" as Tag }
        Tag { tag: "type" as String }
        KnownType { condition: "condition" as NamedType }
        NamedType { name: "type" as ConditionName }
        Resources { condition: "condition" as Watched }
        Watched { value: "value" as i32 }
        Occasions { data: "data" as Vec<Occasion> }
        Occasion { context: "context" as Sizes }
        Sizes { current: "currentWorkerSize" as Option<String> }
        WholeScale { min: "minScale" as i32 }
        Page { data: "data" as Vec<Identified> }
        SpelledTotal { total: "totalTransactions" as i64 }
        RunHref { href: "runHref" as String }
        Message { message: "message" as String }
        Series { statistics: "statistics" as Queued }
        Queued { queued: "queued" as BTreeMap<String, f64> }
        ByDate { events: "events" as BTreeMap<i64, String> }
    }

    /// The types of the published examples, closed.
    #[derive(serde::Deserialize)]
    #[serde(crate = "anypoint_core::internal::serde")]
    #[serde(rename_all = "kebab-case")]
    pub(super) enum ConditionName {
        ApplicationNotification,
        Cpu,
        DeploymentFailed,
        EventThresholdExceeded,
    }

    /// The published list, closed.
    #[derive(serde::Deserialize)]
    #[serde(crate = "anypoint_core::internal::serde")]
    #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
    pub(super) enum StatusName {
        Undeployed,
        Deploying,
        Started,
        Undeploying,
        DeployFailed,
        Deleted,
    }
}

fn client(server: &Server) -> Client {
    Client::new(&session(server))
}

fn inside(server: &Server) -> OrganizationClient {
    client(server).in_organization(OrganizationId::new("o-1"))
}
