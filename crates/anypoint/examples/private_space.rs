//! Creates a private space on CloudHub 2.0 with a TLS context and a VPN, and waits until all of it is active:
//! `VPN_SECRET=... cargo run -p anypoint --example private_space NAME REGION CERTIFICATE KEY VPN_ADDRESS`.

use std::fs::read_to_string;
use std::io::Write;

use anypoint::Anypoint;
use anypoint::cloudhub2::OrganizationClient;
use anypoint::cloudhub2::types::{
    Ciphers, KeyStoreUpload, NetworkSettings, NewConnection, NewPrivateSpace, NewTlsContext,
    NewVpn, PemKeyStore, TlsConfig, VpnTunnel,
};
use anypoint::core::{BoxError, Secret};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, region, certificate, key, address] = &arguments[..] else {
        return Err("NAME REGION CERTIFICATE KEY VPN_ADDRESS".into());
    };
    let network = NetworkSettings::new().region(region);
    let network = network.cidr_block("10.0.0.0/22");
    let space = NewPrivateSpace::new(name).network(network);
    let keys = PemKeyStore::new(read_to_string(certificate)?, read_to_string(key)?);
    let tunnel = VpnTunnel::new().psk(Secret::from(std::env::var("VPN_SECRET")?));
    let vpn = NewVpn::new(address, [tunnel]).name("office");
    let anypoint = Anypoint::from_env()?;
    let organization = anypoint.scope().await?.organization;
    let client = anypoint.cloudhub2().in_organization(&organization);
    run(&client, space, keys, vpn, &mut std::io::stdout()).await
}

pub(crate) async fn run(
    client: &OrganizationClient,
    space: NewPrivateSpace,
    keys: PemKeyStore,
    vpn: NewVpn,
    out: &mut dyn Write,
) -> Result<(), BoxError> {
    let created = client.create_private_space(space).send().await?;
    let space = client.wait_for_private_space(&created).await?;
    writeln!(out, "{} is active.", space.name)?;
    let config = TlsConfig::new(KeyStoreUpload::PemKeyStore(keys));
    let context = NewTlsContext::new("public", config, Ciphers::new().aes256_gcm_sha384(true));
    client.create_tls_context(&space, context).send().await?;
    writeln!(out, "It has a TLS context.")?;
    let connection = NewConnection::new("office", [vpn]);
    let request = client.create_connection(&space, connection);
    let connection = request.send().await?;
    client.wait_for_vpns(&space, &connection).await?;
    writeln!(out, "Its VPN is available.")?;
    Ok(())
}
