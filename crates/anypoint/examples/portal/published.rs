//! A published API that the examples with applications can request access to.

use anypoint::experience_hub::types::{AssetId, AssetInstance, AssetSearch, GroupId};

use super::portal::{Portal, failed};

/// An API of the portal, in the version and with the instance that an application asks for.
pub(crate) struct Api {
    pub(crate) group: GroupId,
    pub(crate) asset: AssetId,
    pub(crate) version: String,
    pub(crate) name: String,
    pub(crate) instance: AssetInstance,
}

/// The first API of the portal that has an instance.
pub(crate) async fn first_api(portal: &Portal) -> Result<Api, String> {
    let search = AssetSearch::new().asset_types(vec!["rest-api".to_owned()]);
    let hits = portal
        .client
        .search_assets(search)
        .send()
        .await
        .map_err(failed("looking for an API", "check PORTAL_ID"))?
        .into_value();
    for hit in hits.assets {
        let Some(version) = hit.minor_version else {
            continue;
        };
        let detail = portal
            .client
            .get_asset(&hit.group_id, &hit.asset_id, &version)
            .send()
            .await
            .map_err(failed("reading an API", "try again"))?
            .into_value();
        if let Some(instance) = detail.instances.into_iter().next() {
            return Ok(Api {
                group: hit.group_id,
                asset: hit.asset_id,
                version,
                name: detail.name,
                instance,
            });
        }
    }
    Err("looking for an API: none has an instance; publish one in the portal".to_owned())
}
