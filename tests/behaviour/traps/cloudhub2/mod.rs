//! The specification of CloudHub 2.0 lacks schemas, bodies and a part of a path; its clients and guides
//! show what is really sent.

mod calls;
mod connections;
mod endpoints;
mod platform;
mod spaces;
mod tls;
mod transit_gateways;

use anypoint_cloudhub2::{Client, OrganizationClient};
use anypoint_core::{OrganizationId, Session};

use super::session;
use crate::support::Server;

const BASE: &str = "/runtimefabric/api/organizations/o-1";
const SPACE: &str = "/runtimefabric/api/organizations/o-1/privatespaces/ps-1";

mod naive {
    use anypoint_core::internal::serde;

    naive! {
        Named { id: "id" as String, name: "name" as String }
        Page { content: "content" as Vec<Named> }
        WithIngress { ingress: "ingressConfiguration" as Ingress }
        Ingress { timeout: "readResponseTimeout" as i32 }
        WithTextTimeout { ingress: "ingressConfiguration" as TextIngress }
        TextIngress { timeout: "readResponseTimeout" as String }
        WithDeployment { ingress: "ingressConfiguration" as DeployedIngress }
        DeployedIngress { deployment: "deployment" as IngressDeployment }
        IngressDeployment { seen: "lastSeenTimestamp" as i64 }
        WithRules { rules: "firewallRules" as Vec<Rule> }
        WithManagedRules { rules: "managedFirewallRules" as Vec<Rule> }
        Rule { direction: "type" as String }
        WithScope { scope: "environments" as Scope }
        Scope { groups: "businessGroups" as Vec<String> }
        WithKind { scope: "environments" as ScopeOfKind }
        ScopeOfKind { kind: "type" as EnvironmentKind }
        WithComponents { state: "globalSpaceStatus" as Components }
        Components { clusters: "cluster" as Vec<Cluster> }
        Cluster { fabric: "fabric" as Component }
        Component { seen: "lastSeenTimeStamp" as i64 }
        Association { environment: "environment" as String }
        ConnectionOfNumbers { vpns: "vpns" as Vec<VpnOfNumbers> }
        VpnOfNumbers { local_asn: "localAsn" as i64 }
        VpnOfTexts { local_asn: "localAsn" as String }
        VpnOfIntegers { remote_asn: "remoteAsn" as i64 }
        VpnOfSchema { status: "vpnConnectionStatus" as String }
        ConnectionOfExamples { vpns: "vpns" as Vec<VpnOfExamples> }
        VpnOfExamples { status: "connectionStatus" as String }
        ConnectionWithStatus { vpns: "vpns" as Vec<VpnWithStatus> }
        VpnWithStatus { status: "vpnConnectionStatus" as VpnStatus }
        VpnWithRoutes { id: "id" as String, routes: "staticRoutes" as Vec<String> }
        TransitGateway { id: "id" as String, spec: "spec" as Spec }
        Spec { region: "region" as String }
        TlsContext { keys: "keyStore" as KeyStore }
        KeyStore { expires: "expirationDate" as String }
        WithCiphers { ciphers: "ciphers" as ClosedCiphers }
        Trusting { trusted: "trustStore" as Option<TrustStore> }
        TrustStore { certificates: "dnList" as Vec<Certificate> }
        Certificate { usage: "keyUsage" as Vec<KeyUsage> }
        Upgrade { status: "status" as String }
        PatchWindow { from: "productionStartDate" as String }
        Account { account: "accountId" as String }
        Zone { id: "zoneId" as String }
        Endpoint { status: "status" as EndpointStatus }
        Service { name: "endpointServiceName" as String }
        Target { runtimes: "runtimes" as Vec<Runtime> }
        Runtime { versions: "versions" as Vec<RuntimeVersion> }
        RuntimeVersion { released: "releaseDate" as String }
        Problem { errors: "errors" as Vec<Fault> }
        Fault { code: "code" as String }
    }

    #[derive(serde::Deserialize)]
    #[serde(crate = "anypoint_core::internal::serde", rename_all = "lowercase")]
    pub(super) enum EnvironmentKind {
        All,
        Sandbox,
        Production,
    }

    /// What the published specification says of a VPN's state, as a closed list.
    #[derive(serde::Deserialize)]
    #[serde(crate = "anypoint_core::internal::serde", rename_all = "lowercase")]
    pub(super) enum VpnStatus {
        Pending,
        Available,
        Deleting,
        Deleted,
    }

    /// Without the misprint of the guides.
    #[derive(serde::Deserialize)]
    #[serde(crate = "anypoint_core::internal::serde")]
    pub(super) enum EndpointStatus {
        Invalid,
        Valid,
        Available,
        PendingAcceptance,
    }

    #[derive(serde::Deserialize)]
    #[serde(crate = "anypoint_core::internal::serde")]
    pub(super) enum KeyUsage {
        #[serde(rename = "Digital Signature")]
        DigitalSignature,
    }

    #[derive(serde::Deserialize)]
    #[serde(crate = "anypoint_core::internal::serde", deny_unknown_fields)]
    pub(super) struct ClosedCiphers {
        #[allow(dead_code)]
        #[serde(rename = "tlsAes128GcmSha256")]
        tls: Option<bool>,
    }
}

fn client(server: &Server) -> OrganizationClient {
    inside(&session(server))
}

fn inside(session: &Session) -> OrganizationClient {
    Client::new(session).in_organization(OrganizationId::new("o-1"))
}
