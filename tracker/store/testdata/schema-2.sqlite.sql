PRAGMA application_id = 1718906987;
BEGIN;
CREATE TABLE ftpkg_schema (
		id INTEGER PRIMARY KEY AUTOINCREMENT,
		version_id INTEGER NOT NULL,
		is_applied INTEGER NOT NULL,
		tstamp TIMESTAMP DEFAULT (datetime('now'))
	);
CREATE TABLE tracked (
    project TEXT NOT NULL,
    cohort  TEXT NOT NULL,
    at      INTEGER NOT NULL,
    change  TEXT NOT NULL CHECK (change IN ('added', 'removed')),
    tool    TEXT NOT NULL,
    digest  TEXT NOT NULL,
    PRIMARY KEY (project, cohort, at)
) STRICT, WITHOUT ROWID;
CREATE TABLE observation (
    id          INTEGER PRIMARY KEY,
    project     TEXT NOT NULL,
    at          INTEGER NOT NULL,
    source      TEXT NOT NULL,
    tool        TEXT NOT NULL,
    outcome     TEXT NOT NULL,
    detail      TEXT NOT NULL,
    body_sha256 TEXT NOT NULL,
    etag        TEXT NOT NULL,
    digest      TEXT NOT NULL,
    UNIQUE (project, at, source)
) STRICT;
CREATE TABLE file (
    project         TEXT NOT NULL,
    name            TEXT NOT NULL,
    sha256          TEXT NOT NULL,
    version         TEXT NOT NULL,
    size            INTEGER NOT NULL,
    uploaded        INTEGER NOT NULL,
    requires_python TEXT NOT NULL,
    url             TEXT NOT NULL,
    observation     INTEGER NOT NULL REFERENCES observation (id),
    PRIMARY KEY (project, name, sha256)
) STRICT, WITHOUT ROWID;
CREATE TABLE file_detail (
    project         TEXT NOT NULL,
    name            TEXT NOT NULL,
    sha256          TEXT NOT NULL,
    observation     INTEGER NOT NULL REFERENCES observation (id),
    size            INTEGER NOT NULL,
    uploaded        INTEGER NOT NULL,
    requires_python TEXT NOT NULL,
    url             TEXT NOT NULL,
    PRIMARY KEY (project, name, sha256, observation),
    FOREIGN KEY (project, name, sha256) REFERENCES file (project, name, sha256)
) STRICT, WITHOUT ROWID;
CREATE TABLE file_event (
    project     TEXT NOT NULL,
    name        TEXT NOT NULL,
    sha256      TEXT NOT NULL,
    at          INTEGER NOT NULL,
    kind        TEXT NOT NULL,
    reason      TEXT NOT NULL,
    observation INTEGER NOT NULL REFERENCES observation (id),
    PRIMARY KEY (project, name, sha256, at, kind),
    FOREIGN KEY (project, name, sha256) REFERENCES file (project, name, sha256)
) STRICT, WITHOUT ROWID;
CREATE TABLE metadata (
    project TEXT NOT NULL,
    version TEXT NOT NULL,
    sha256  TEXT NOT NULL,
    at      INTEGER NOT NULL,
    tool    TEXT NOT NULL,
    body    TEXT NOT NULL,
    digest  TEXT NOT NULL,
    PRIMARY KEY (project, version, sha256, at)
) STRICT;
CREATE TABLE upstream (
    project    TEXT NOT NULL,
    repository TEXT NOT NULL,
    file       TEXT NOT NULL,
    at         INTEGER NOT NULL,
    tool       TEXT NOT NULL,
    source     TEXT NOT NULL,
    body       TEXT NOT NULL,
    digest     TEXT NOT NULL,
    PRIMARY KEY (project, repository, file, at)
) STRICT;
CREATE TABLE static (
    sha256 TEXT NOT NULL,
    rules  INTEGER NOT NULL,
    at     INTEGER NOT NULL,
    tool   TEXT NOT NULL,
    body   TEXT NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (sha256, rules, at)
) STRICT;
CREATE TABLE probe (
    sha256   TEXT NOT NULL,
    python   TEXT NOT NULL,
    platform TEXT NOT NULL,
    at       INTEGER NOT NULL,
    tool     TEXT NOT NULL,
    body     TEXT NOT NULL,
    digest   TEXT NOT NULL,
    PRIMARY KEY (sha256, python, platform, at)
) STRICT;
CREATE TABLE run (
    id    INTEGER PRIMARY KEY,
    began INTEGER NOT NULL,
    tool  TEXT NOT NULL,
    what  TEXT NOT NULL
) STRICT;
CREATE TABLE run_end (
    run    INTEGER NOT NULL PRIMARY KEY REFERENCES run (id),
    ended  INTEGER NOT NULL,
    result TEXT NOT NULL
) STRICT;
CREATE TABLE downloads (
    project TEXT NOT NULL,
    at      INTEGER NOT NULL,
    source  TEXT NOT NULL,
    count   INTEGER NOT NULL,
    tool    TEXT NOT NULL,
    digest  TEXT NOT NULL,
    PRIMARY KEY (project, at, source)
) STRICT, WITHOUT ROWID;
INSERT INTO ftpkg_schema VALUES (1, 0, 1, '2026-11-21 21:49:28');
INSERT INTO ftpkg_schema VALUES (2, 1, 1, '2026-11-21 21:49:29');
INSERT INTO ftpkg_schema VALUES (3, 2, 1, '2026-11-21 21:49:29');
INSERT INTO tracked VALUES ('project-0000', 'default-2026-11-21', 1795255200000000, 'added', 'ftpkg test', '7251f881838479476703901ffceccb3e60aec9f24324c046afa122b3fe1cbb2c');
INSERT INTO tracked VALUES ('project-0001', 'default-2026-11-21', 1795255200000000, 'added', 'ftpkg test', '1a2b48b303d72237c0b693b89c58acdc10694ab123b6c16fb6c5911b0436c945');
INSERT INTO tracked VALUES ('project-0002', 'default-2026-11-21', 1795255200000000, 'added', 'ftpkg test', 'ef69599f070bd6f97c586937c93a0db2fd2c7af69901cc923c3ce982ae3e9e94');
INSERT INTO tracked VALUES ('project-0002', 'default-2026-11-21', 1795255200000001, 'removed', 'ftpkg test', 'b1a2a423ddfb95c2d05a1fc64938be8cf037cff7e034ac9febb80b653c8dd05b');
INSERT INTO observation VALUES (1, 'project-0000', 1795255200000000, 'https://index.example.invalid/simple/', 'ftpkg story', 'changed', '', '6561fe6e1eb5a68d8cc6c515a4afd00f7de03bfbee856c5187dc743e5e07abaa', '"project-0000-0"', 'f185f05a311f78afece7162453cd21186fb5817189f7202fb68d48b7becec321');
INSERT INTO observation VALUES (2, 'project-0000', 1795341600000000, 'https://index.example.invalid/simple/', 'ftpkg story', 'changed', '', '39be7821b51bb4d0cc384e9c12711a37045d6f9dbeaa5b94b620aaecfaa893d1', '"project-0000-1"', '5b500ca127f7f6fe561d8da7475a75072f2af84083612ee72708f44c1abce416');
INSERT INTO observation VALUES (3, 'project-0000', 1795428000000000, 'https://index.example.invalid/simple/', 'ftpkg story', 'changed', '', '1c2eac535341cee91a60d49fa653c9a51b67023ded4f79f7766e6ce03a8c91f6', '"project-0000-2"', '629927653de48878bc49536f3bad59449f5c7e14c4a16bd645ce411058cf528b');
INSERT INTO observation VALUES (4, 'project-0000', 1795514400000000, 'https://index.example.invalid/simple/', 'ftpkg story', 'changed', '', 'de42e37ec7e75cf4c191d16b6f888a108ad38a520ef436d0c2ad88a66b6fd460', '"project-0000-3"', 'ecea756eef249b3beefa19f80b52c60799aafd5f6de51b19b6a679bf5ff97f22');
INSERT INTO observation VALUES (5, 'project-0000', 1795600800000000, 'https://index.example.invalid/simple/', 'ftpkg story', 'changed', '', '6c37c26f8ef23042fd657082d79afd4e29ad3664fb0de4e9afe770e52198bcc1', '"project-0000-4"', '68d043cd55b986591719d8c74db479b27457001dba10bf53a3413c140972b5ea');
INSERT INTO observation VALUES (6, 'project-0000', 1795687200000000, 'https://index.example.invalid/simple/', 'ftpkg story', 'unchanged', '', '', '', '1052d3d88e297ff45bbee901879c56aff3b0a0c26f2fb0abfe22280b18eeb037');
INSERT INTO observation VALUES (7, 'project-0000', 1795773600000000, 'https://index.example.invalid/simple/', 'ftpkg story', 'unchanged', '', '', '', '62c181e4e9b9da8d71f0c972d2b653bb40e5f75bfd65a314491ea60a030e5239');
INSERT INTO observation VALUES (8, 'project-0000', 1795860000000000, 'https://index.example.invalid/simple/', 'ftpkg story', 'changed', '', 'b7ded1e9fbffc75e1bc5c4c45093a9d2530f787507e0270ec99e4f878a563fff', '"project-0000-7"', '095596c7275a1deecd9434057eaa818d25075b9cf1d2ce621a0ea2817b55ddc7');
INSERT INTO observation VALUES (9, 'project-0000', 1795946400000000, 'https://index.example.invalid/simple/', 'ftpkg story', 'changed', '', '7d24464633e814d5220d1813d7f4d75b48c3fe50e2ed9ef6258b6e927e662a2e', '"project-0000-8"', '4ba7db20c97e2d3c0e5b9629b66344d491949b77caf4ded8fcf9feb46d3a3b8d');
INSERT INTO observation VALUES (10, 'project-0000', 1796032800000000, 'https://index.example.invalid/simple/', 'ftpkg story', 'changed', '', 'dacfbc4d70f8fcda2ea9b1ec4b2eb5e75171e38871c8ce427f472195e7d0fc82', '"project-0000-9"', 'fda6cfa75db0d384bf65daca2ccbc98cb0172633aa2c4b8d224c1fca4c6e64d6');
INSERT INTO observation VALUES (11, 'project-0001', 1795255201000000, 'https://index.example.invalid/simple/', 'ftpkg story', 'changed', '', 'b0dcbe47047cec5df0bac35c955e4da432948b3e96e12901db189fd48a64b591', '"project-0001-0"', '4bf83c4c1733a14bb7bd0e1ef3567b363a59ecb4bb1b9571ab41cb40dd49f452');
INSERT INTO observation VALUES (12, 'project-0001', 1795341601000000, 'https://index.example.invalid/simple/', 'ftpkg story', 'changed', '', 'df30aff4a6041459020a042c4c9972ce3e833474905f3157e9b8e45aa9ef684e', '"project-0001-1"', 'a3fe76b0cedc3bab61502e7426c1710af68d197b65d5c12c9af6a850e285d796');
INSERT INTO observation VALUES (13, 'project-0001', 1795428001000000, 'https://index.example.invalid/simple/', 'ftpkg story', 'changed', '', 'f1dd5759801d6632be498e2f7159f6cb40b8df66ae615a216ad25d6e4dfe2cc0', '"project-0001-2"', '2eadb14caef576da51e7506a1d5b4592e6f5aa69d31171e219fabe1efb5adc0f');
INSERT INTO observation VALUES (14, 'project-0001', 1795514401000000, 'https://index.example.invalid/simple/', 'ftpkg story', 'changed', '', '65fdbc39e305f0189f32a8c1afd1a9cc9e5c2d11b12fe5d3904088db9e61770e', '"project-0001-3"', 'bb7ff089dfd1038001ca2d6ad59ce339103821b314d0d7e5f164d8c0fe617a2a');
INSERT INTO observation VALUES (15, 'project-0001', 1795600801000000, 'https://index.example.invalid/simple/', 'ftpkg story', 'unchanged', '', '', '', '79d06f682df6cc6370ac0529090bc3f22661184ebc4cd250ffc7bf69e3e98f28');
INSERT INTO observation VALUES (16, 'project-0001', 1795687201000000, 'https://index.example.invalid/simple/', 'ftpkg story', 'changed', '', 'f5a77a3f2e09e7d9b6a6372366aa9bb40f568e399b47c0b5b12ef597e13ccb6c', '"project-0001-5"', '703356a702e358532c9a9357d5bdc0cd48495d0e1504373ce6464933a90816d9');
INSERT INTO observation VALUES (17, 'project-0001', 1795773601000000, 'https://index.example.invalid/simple/', 'ftpkg story', 'unchanged', '', '', '', '486957c0607fdc8ff609bf7864fbd389aa727f09ec9d07c724e70a9d245edb02');
INSERT INTO observation VALUES (18, 'project-0001', 1795860001000000, 'https://index.example.invalid/simple/', 'ftpkg story', 'unchanged', '', '', '', 'bee31de27cc4bf718eff8764e3f5bf6e3bed71ca5b95e20efbb8bb023b9ea0c9');
INSERT INTO observation VALUES (19, 'project-0001', 1795946401000000, 'https://index.example.invalid/simple/', 'ftpkg story', 'changed', '', '1bc3dc132774f36b5241434523ff26fe44bb03243d2f32525a21c26049d1d454', '"project-0001-8"', '18bd642000410c0db72bacab89d8bc969c1a583701ae7816f3de7e93e7529e47');
INSERT INTO observation VALUES (20, 'project-0001', 1796032801000000, 'https://index.example.invalid/simple/', 'ftpkg story', 'changed', '', '8677d4597156891f8f77dc6b24c41a53ee0ba749084b563ade458ceed30e1920', '"project-0001-9"', '52ab5447edf2e5dad7a58ec23a9aefb517e0762e37e20bcef2449c7335916764');
INSERT INTO observation VALUES (21, 'project-0002', 1795255202000000, 'https://index.example.invalid/simple/', 'ftpkg story', 'changed', '', 'a8bef30b6efa6e5dc7eb804138ba04121fe9eadb5274549049ce97886e15c779', '"project-0002-0"', 'cf7911c6805e3a4163072dfa5d170d178698ec51707176806c2e81cd08b53531');
INSERT INTO observation VALUES (22, 'project-0002', 1795341602000000, 'https://index.example.invalid/simple/', 'ftpkg story', 'changed', '', '2a575a7fbb9d985bfd01f37a1657cc1c87036acc4674834c4bb49958f3e54c19', '"project-0002-1"', '4d8d8b01c55f27091706766f31410208884660f592ac51d693b55c6abf924200');
INSERT INTO observation VALUES (23, 'project-0002', 1795428002000000, 'https://index.example.invalid/simple/', 'ftpkg story', 'changed', '', '1fadc5c280e671ef28fc1eba957320a15ede1e16802d6bd0f6613e3015500e23', '"project-0002-2"', 'dc1a4d3d568f86da030dc594bb2f2a046f8a19f48d18cabdca677e046e04a9b1');
INSERT INTO observation VALUES (24, 'project-0002', 1795514402000000, 'https://index.example.invalid/simple/', 'ftpkg story', 'unchanged', '', '', '', '34c4400eb7bba8bec64cf00cad428cf4b339455dadd417c7ecf672e5a62f4880');
INSERT INTO observation VALUES (25, 'project-0002', 1795600802000000, 'https://index.example.invalid/simple/', 'ftpkg story', 'unchanged', '', '', '', '09ff3ae149ee216e54c4e6bf24b29f28cb0129c91d39ba0415e75cc3311c8081');
INSERT INTO observation VALUES (26, 'project-0002', 1795687202000000, 'https://index.example.invalid/simple/', 'ftpkg story', 'changed', '', '5b5bddd508b06ed0f09612b0eb13960dcceef409b7f02995e9242610ec72eefe', '"project-0002-5"', '46cd984705a118c047177b1742b623a957ab6132e051683ff1ec06f15e1e3336');
INSERT INTO observation VALUES (27, 'project-0002', 1795773602000000, 'https://index.example.invalid/simple/', 'ftpkg story', 'changed', '', 'c4021c2afe1b53650fbeea0dd750315d6d2aea30bfd215214a7fbaa365136352', '"project-0002-6"', 'bb2c59868da6a0633de295d8a08539db7aedf495d2e0da3ccbd34284d9f62dd7');
INSERT INTO observation VALUES (28, 'project-0002', 1795860002000000, 'https://index.example.invalid/simple/', 'ftpkg story', 'unchanged', '', '', '', 'beeb8b3fb332e2016af86b6285098b813a8dc637e34b6d16401cee3ad28dab30');
INSERT INTO observation VALUES (29, 'project-0002', 1795946402000000, 'https://index.example.invalid/simple/', 'ftpkg story', 'changed', '', '4cc7b85b3a9195526852d2af96e0e0cbf51b61dd451d9179de608c797bd07926', '"project-0002-8"', 'f1ee7783d9eb71292019a30ded42053cbfeb11aac9c10b32d33149d5b079b3a8');
INSERT INTO observation VALUES (30, 'project-0002', 1796032802000000, 'https://index.example.invalid/simple/', 'ftpkg story', 'changed', '', '1cf5833c07837a5159fcc2743d0213b83ed59d19d363e5b586967af82b5d8fca', '"project-0002-9"', 'c92b98d560c1be277328248cfd91720acb94078b0b6104413122d777c5fbdcaf');
INSERT INTO observation VALUES (31, 'p', 1795255200000000, 'https://index.example.invalid/simple/', 'ftpkg test', 'changed', '', '', '', 'd7ba0d2e42f26845597f542b09aa62243348e2c33bbdb711c927ed31ab858ef3');
INSERT INTO observation VALUES (32, 'p', 1795258800000000, 'https://index.example.invalid/simple/', 'ftpkg test', 'changed', '', '', '', '2a9d387feeab6de97a525e9654751dbfb20f830549cfa3ce17ab5ff8b1f49234');
INSERT INTO file VALUES ('p', 'a', '87428fc522803d31065e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7', '1.0', 10, 0, '>=3.9', 'https://files.example.invalid/ab/', 31);
INSERT INTO file VALUES ('project-0000', 'project-0000-0.0-0-cp314-cp314t-linux_x86_64.whl', '7718ee2c73e878b43f506588bf98d38898313d3d3d07e403068d82337e3a1d4f', '0.0', 1, 1795251600000000, '>=3.9', 'https://files.example.invalid/project-0000/', 1);
INSERT INTO file VALUES ('project-0000', 'project-0000-0.0-1-cp314-cp314t-linux_x86_64.whl', '28cde86a791828c69f33c1cbcd82b0698867c011ed38e45fd1725742ebff7065', '0.0', 2, 1795251600000000, '>=3.9', 'https://files.example.invalid/project-0000/', 1);
INSERT INTO file VALUES ('project-0000', 'project-0000-1.0-0-cp314-cp314t-linux_x86_64.whl', '9d538be3c99e37d50f4f10e4f6d009ed125df03865e283fa8c1c88047354a92b', '1.0', 1001, 1795338000000000, '>=3.9', 'https://files.example.invalid/project-0000/', 2);
INSERT INTO file VALUES ('project-0000', 'project-0000-1.0-1-cp314-cp314t-linux_x86_64.whl', 'cbaa01aae45abd9014b3dfc00bd774e0a3e22fd7e183bc3252ee1ba4b69b0bd2', '1.0', 1002, 1795338000000000, '>=3.9', 'https://files.example.invalid/project-0000/', 2);
INSERT INTO file VALUES ('project-0000', 'project-0000-2.0-0-cp314-cp314t-linux_x86_64.whl', '7c62d87ca9267cd48a8078a0a030b2d395a35b5992c88a51a5ee50824af268d1', '2.0', 2001, 1795424400000000, '>=3.9', 'https://files.example.invalid/project-0000/', 3);
INSERT INTO file VALUES ('project-0000', 'project-0000-2.0-1-cp314-cp314t-linux_x86_64.whl', 'a0aa4e22e2dc817a7691b304b30f96fbf11950383fc8fd19c492468d00943497', '2.0', 2002, 1795424400000000, '>=3.9', 'https://files.example.invalid/project-0000/', 3);
INSERT INTO file VALUES ('project-0000', 'project-0000-3.0-0-cp314-cp314t-linux_x86_64.whl', '5adf2e20f71665dd424312e620ff2bf66bbb21b69646a0a276cf3cfcfe9495bb', '3.0', 3001, 1795510800000000, '>=3.9', 'https://files.example.invalid/project-0000/', 4);
INSERT INTO file VALUES ('project-0000', 'project-0000-3.0-1-cp314-cp314t-linux_x86_64.whl', '03886896eb9eb6edd6bd34554f13c2665d386e085b6eef7d6aba007f0fb35863', '3.0', 3002, 1795510800000000, '>=3.9', 'https://files.example.invalid/project-0000/', 4);
INSERT INTO file VALUES ('project-0000', 'project-0000-4.0-0-cp314-cp314t-linux_x86_64.whl', 'b2f999aee53cd4d9e51b6ff8bdf2695e6de1647d26b48d8fcec78414632834cf', '4.0', 4001, 1795597200000000, '>=3.9', 'https://files.example.invalid/project-0000/', 5);
INSERT INTO file VALUES ('project-0000', 'project-0000-4.0-1-cp314-cp314t-linux_x86_64.whl', '196eb25425a925bb997d8c36bfeaa4bf72b395501e68adbf6633fa8e866030ea', '4.0', 4002, 1795597200000000, '>=3.9', 'https://files.example.invalid/project-0000/', 5);
INSERT INTO file VALUES ('project-0000', 'project-0000-7.0-0-cp314-cp314t-linux_x86_64.whl', 'deaf6313a872ca440b48e26d3000e30caea6847cb47c57e97cc23ea6a2a48bb8', '7.0', 7001, 1795856400000000, '>=3.9', 'https://files.example.invalid/project-0000/', 8);
INSERT INTO file VALUES ('project-0000', 'project-0000-7.0-1-cp314-cp314t-linux_x86_64.whl', '89e10071d3a1c8f8963844da7481a89f98cfa88cb8d06fd09312d8230a6dc12c', '7.0', 7002, 1795856400000000, '>=3.9', 'https://files.example.invalid/project-0000/', 8);
INSERT INTO file VALUES ('project-0000', 'project-0000-8.0-0-cp314-cp314t-linux_x86_64.whl', '46d5fab9d774c4b12a9cd5582c9287f9fa98e2301214c4eb51f48e333d9ed077', '8.0', 8001, 1795942800000000, '>=3.9', 'https://files.example.invalid/project-0000/', 9);
INSERT INTO file VALUES ('project-0000', 'project-0000-8.0-1-cp314-cp314t-linux_x86_64.whl', '5309f453cc502d888930e2f584ba0852ebc342e9d1ea6f6aa82d19589a192bdd', '8.0', 8002, 1795942800000000, '>=3.9', 'https://files.example.invalid/project-0000/', 9);
INSERT INTO file VALUES ('project-0000', 'project-0000-9.0-0-cp314-cp314t-linux_x86_64.whl', 'dde51d64ca1cbb97970c7613804c09abb1835d8808fe76cc582e78d25bab76f3', '9.0', 9001, 1796029200000000, '>=3.9', 'https://files.example.invalid/project-0000/', 10);
INSERT INTO file VALUES ('project-0000', 'project-0000-9.0-1-cp314-cp314t-linux_x86_64.whl', 'ada0fc24d310b9e4d391bd3c190cee317ab313c6f9c60f821d6dbf08053b060e', '9.0', 9002, 1796029200000000, '>=3.9', 'https://files.example.invalid/project-0000/', 10);
INSERT INTO file VALUES ('project-0001', 'project-0001-0.0-0-cp314-cp314t-linux_x86_64.whl', '055fa01656aa6b3af36514f6238d86a1bbbbb8af495ad0c0f13c5e4f2b5d2f53', '0.0', 1, 1795251601000000, '>=3.9', 'https://files.example.invalid/project-0001/', 11);
INSERT INTO file VALUES ('project-0001', 'project-0001-0.0-1-cp314-cp314t-linux_x86_64.whl', 'af51220dad6a9dedc6141ee09c77f80a63914545058003f90168081256801818', '0.0', 2, 1795251601000000, '>=3.9', 'https://files.example.invalid/project-0001/', 11);
INSERT INTO file VALUES ('project-0001', 'project-0001-1.0-0-cp314-cp314t-linux_x86_64.whl', 'c0baefd3d3b91923a3881b8ee4c0fe67559bfd9f54c8fee8ebae0297d0e151c0', '1.0', 1001, 1795338001000000, '>=3.9', 'https://files.example.invalid/project-0001/', 12);
INSERT INTO file VALUES ('project-0001', 'project-0001-1.0-1-cp314-cp314t-linux_x86_64.whl', 'bd0c08bea0083005b3bd296adefa8538ac91f23f47ec62fe7b00e9d25ba40995', '1.0', 1002, 1795338001000000, '>=3.9', 'https://files.example.invalid/project-0001/', 12);
INSERT INTO file VALUES ('project-0001', 'project-0001-2.0-0-cp314-cp314t-linux_x86_64.whl', '365c99b2e8bb8b22d0ea1d4ffe099d9dd0f81d386f85b35c62605c04a24be00f', '2.0', 2001, 1795424401000000, '>=3.9', 'https://files.example.invalid/project-0001/', 13);
INSERT INTO file VALUES ('project-0001', 'project-0001-2.0-1-cp314-cp314t-linux_x86_64.whl', 'ee4461aaea893fa0f1658628f7ad3fcccc12e3afcceea5168311a416d00745cc', '2.0', 2002, 1795424401000000, '>=3.9', 'https://files.example.invalid/project-0001/', 13);
INSERT INTO file VALUES ('project-0001', 'project-0001-3.0-0-cp314-cp314t-linux_x86_64.whl', '3b8b488805898db5d375698faa6fe4185f133760f0de6e3069e9b969158ab08a', '3.0', 3001, 1795510801000000, '>=3.9', 'https://files.example.invalid/project-0001/', 14);
INSERT INTO file VALUES ('project-0001', 'project-0001-3.0-1-cp314-cp314t-linux_x86_64.whl', '1928c4882b48b1355f600f198453005e8a4a653fe871e924c173fa71bc1cab83', '3.0', 3002, 1795510801000000, '>=3.9', 'https://files.example.invalid/project-0001/', 14);
INSERT INTO file VALUES ('project-0001', 'project-0001-5.0-0-cp314-cp314t-linux_x86_64.whl', '6a5f035f6696757703036fa46e2a5ca31244ce6913aa08004f43eb376bd9aabe', '5.0', 5001, 1795683601000000, '>=3.9', 'https://files.example.invalid/project-0001/', 16);
INSERT INTO file VALUES ('project-0001', 'project-0001-5.0-1-cp314-cp314t-linux_x86_64.whl', '40ead6bca99ef5c47908b131ee85ef2f284db52d091b36b998134c58fb2e1ccc', '5.0', 5002, 1795683601000000, '>=3.9', 'https://files.example.invalid/project-0001/', 16);
INSERT INTO file VALUES ('project-0001', 'project-0001-8.0-0-cp314-cp314t-linux_x86_64.whl', '6e5e04a4ae17ce25ab773cda9c7c97b6bf653ba0629317eb4cef6c8472525411', '8.0', 8001, 1795942801000000, '>=3.9', 'https://files.example.invalid/project-0001/', 19);
INSERT INTO file VALUES ('project-0001', 'project-0001-8.0-1-cp314-cp314t-linux_x86_64.whl', '44cf196886fdebb74c0bab9eeab30bdffc576c8843f81f78e5f8488a40e4d6b3', '8.0', 8002, 1795942801000000, '>=3.9', 'https://files.example.invalid/project-0001/', 19);
INSERT INTO file VALUES ('project-0001', 'project-0001-9.0-0-cp314-cp314t-linux_x86_64.whl', '96d06e379026e7c53d7deaf56b03b9c97d838ec7a3666ccf321117511d18b8a3', '9.0', 9001, 1796029201000000, '>=3.9', 'https://files.example.invalid/project-0001/', 20);
INSERT INTO file VALUES ('project-0001', 'project-0001-9.0-1-cp314-cp314t-linux_x86_64.whl', '3d97dac905590104a4871d836a1c2389060baf19ee623e69cc50572118e70006', '9.0', 9002, 1796029201000000, '>=3.9', 'https://files.example.invalid/project-0001/', 20);
INSERT INTO file VALUES ('project-0002', 'project-0002-0.0-0-cp314-cp314t-linux_x86_64.whl', 'bf8a2dfaa3c2f2691e9c28d35b92fb655a130216a57f7faff722375adbde4455', '0.0', 1, 1795251602000000, '>=3.9', 'https://files.example.invalid/project-0002/', 21);
INSERT INTO file VALUES ('project-0002', 'project-0002-0.0-1-cp314-cp314t-linux_x86_64.whl', 'f68dee564576bfc640313c24cbfa94599755f9afd94895e44249601ec5df1f31', '0.0', 2, 1795251602000000, '>=3.9', 'https://files.example.invalid/project-0002/', 21);
INSERT INTO file VALUES ('project-0002', 'project-0002-1.0-0-cp314-cp314t-linux_x86_64.whl', '65edd2bedd9246462740ca0c7be6943c5ea592504fc5218db9aeab71b77ee560', '1.0', 1001, 1795338002000000, '>=3.9', 'https://files.example.invalid/project-0002/', 22);
INSERT INTO file VALUES ('project-0002', 'project-0002-1.0-1-cp314-cp314t-linux_x86_64.whl', '8b133620713530751bf4d2de4692be03005e8174d6f8e4628c7fe0dfaa2122b6', '1.0', 1002, 1795338002000000, '>=3.9', 'https://files.example.invalid/project-0002/', 22);
INSERT INTO file VALUES ('project-0002', 'project-0002-2.0-0-cp314-cp314t-linux_x86_64.whl', '4de6c502d619b163c91f880e243a2ab885677e0f698cf103444f02a1907f0a70', '2.0', 2001, 1795424402000000, '>=3.9', 'https://files.example.invalid/project-0002/', 23);
INSERT INTO file VALUES ('project-0002', 'project-0002-2.0-1-cp314-cp314t-linux_x86_64.whl', '5156af85e27fa5b06261e8e672ecaade7e40f781c8b6433bcff945350d8f6f4e', '2.0', 2002, 1795424402000000, '>=3.9', 'https://files.example.invalid/project-0002/', 23);
INSERT INTO file VALUES ('project-0002', 'project-0002-3.0-0-cp314-cp314t-linux_x86_64.whl', '9076989f342fe8b7f6f7dc1abca1100cf537ff99bdddf915ca5ca83d1e0be9be', '3.0', 3001, 1795770002000000, '>=3.9', 'https://files.example.invalid/project-0002/', 27);
INSERT INTO file VALUES ('project-0002', 'project-0002-3.0-1-cp314-cp314t-linux_x86_64.whl', '5477ed28f68746104bf9e6f3c61d0f6043dd6af79cfc763782a24b5a9b1c14af', '3.0', 3002, 1795770002000000, '>=3.9', 'https://files.example.invalid/project-0002/', 27);
INSERT INTO file VALUES ('project-0002', 'project-0002-4.0-0-cp314-cp314t-linux_x86_64.whl', '44c36e069b3aee9e94da55024e1a1382646262a7dd1e64794afe3f3a95f68f05', '4.0', 4001, 1795683602000000, '>=3.9', 'https://files.example.invalid/project-0002/', 26);
INSERT INTO file VALUES ('project-0002', 'project-0002-4.0-1-cp314-cp314t-linux_x86_64.whl', 'dc92e8cff567d311470b2c0753db345d401f9630ac903fab2459932c7544f51d', '4.0', 4002, 1795683602000000, '>=3.9', 'https://files.example.invalid/project-0002/', 26);
INSERT INTO file VALUES ('project-0002', 'project-0002-5.0-0-cp314-cp314t-linux_x86_64.whl', 'b8188ad4d963af157b5add3697b3153c0e3a18091d44a44b3529a3166596ce8f', '5.0', 5001, 1795683602000000, '>=3.9', 'https://files.example.invalid/project-0002/', 26);
INSERT INTO file VALUES ('project-0002', 'project-0002-5.0-1-cp314-cp314t-linux_x86_64.whl', '311296177f1c4573426b492cb17a6dba2b24442eaf057c81cee654deac69a572', '5.0', 5002, 1795683602000000, '>=3.9', 'https://files.example.invalid/project-0002/', 26);
INSERT INTO file VALUES ('project-0002', 'project-0002-6.0-0-cp314-cp314t-linux_x86_64.whl', 'a8ec4f675b87763f209bff9695dbbc3474ae7ce2aadd0f6c40ec0fe12137b455', '6.0', 6001, 1795770002000000, '>=3.9', 'https://files.example.invalid/project-0002/', 27);
INSERT INTO file VALUES ('project-0002', 'project-0002-6.0-1-cp314-cp314t-linux_x86_64.whl', '4ed144a93de182234f93173c18b835673a028e7ec9a50d4c2645729588e43e1e', '6.0', 6002, 1795770002000000, '>=3.9', 'https://files.example.invalid/project-0002/', 27);
INSERT INTO file VALUES ('project-0002', 'project-0002-8.0-0-cp314-cp314t-linux_x86_64.whl', '0131b5ddc7e6f080680e40b78e5b03b9cebfa19d4c686f24d5ed5ad9aeeb63e1', '8.0', 8001, 1795942802000000, '>=3.9', 'https://files.example.invalid/project-0002/', 29);
INSERT INTO file VALUES ('project-0002', 'project-0002-8.0-1-cp314-cp314t-linux_x86_64.whl', '8d9c787faaa9d6e377eb99f8c5c275f9c630619d59cf6705e0b079474817c820', '8.0', 8002, 1795942802000000, '>=3.9', 'https://files.example.invalid/project-0002/', 29);
INSERT INTO file VALUES ('project-0002', 'project-0002-9.0-0-cp314-cp314t-linux_x86_64.whl', 'de7a5f2c9459c4d263b507455e26e3d7889acc1e1cdb695b168ad808642f6f51', '9.0', 9001, 1796029202000000, '>=3.9', 'https://files.example.invalid/project-0002/', 30);
INSERT INTO file VALUES ('project-0002', 'project-0002-9.0-1-cp314-cp314t-linux_x86_64.whl', '9ecec3136f0bee0cfeae02f1cd15c4ec835fa2df126f1b64574230f9df8119ea', '9.0', 9002, 1796029202000000, '>=3.9', 'https://files.example.invalid/project-0002/', 30);
INSERT INTO file_detail VALUES ('p', 'a', '87428fc522803d31065e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7', 32, 0, 1795168800000000, '', '');
INSERT INTO file_event VALUES ('p', 'a', '87428fc522803d31065e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7', 1795255200000000, 'yanked', '<b>', 31);
INSERT INTO file_event VALUES ('p', 'a', '87428fc522803d31065e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7', 1795258800000000, 'unyanked', '', 32);
INSERT INTO file_event VALUES ('project-0000', 'project-0000-1.0-0-cp314-cp314t-linux_x86_64.whl', '9d538be3c99e37d50f4f10e4f6d009ed125df03865e283fa8c1c88047354a92b', 1795946400000000, 'yanked', 'broken since look 8', 9);
INSERT INTO file_event VALUES ('project-0000', 'project-0000-1.0-1-cp314-cp314t-linux_x86_64.whl', 'cbaa01aae45abd9014b3dfc00bd774e0a3e22fd7e183bc3252ee1ba4b69b0bd2', 1796032800000000, 'vanished', '', 10);
INSERT INTO file_event VALUES ('project-0000', 'project-0000-3.0-1-cp314-cp314t-linux_x86_64.whl', '03886896eb9eb6edd6bd34554f13c2665d386e085b6eef7d6aba007f0fb35863', 1795946400000000, 'vanished', '', 9);
INSERT INTO file_event VALUES ('project-0000', 'project-0000-4.0-0-cp314-cp314t-linux_x86_64.whl', 'b2f999aee53cd4d9e51b6ff8bdf2695e6de1647d26b48d8fcec78414632834cf', 1796032800000000, 'yanked', 'broken since look 9', 10);
INSERT INTO file_event VALUES ('project-0000', 'project-0000-8.0-1-cp314-cp314t-linux_x86_64.whl', '5309f453cc502d888930e2f584ba0852ebc342e9d1ea6f6aa82d19589a192bdd', 1796032800000000, 'yanked', 'broken since look 9', 10);
INSERT INTO file_event VALUES ('project-0001', 'project-0001-0.0-0-cp314-cp314t-linux_x86_64.whl', '055fa01656aa6b3af36514f6238d86a1bbbbb8af495ad0c0f13c5e4f2b5d2f53', 1795341601000000, 'yanked', 'broken since look 1', 12);
INSERT INTO file_event VALUES ('project-0001', 'project-0001-0.0-0-cp314-cp314t-linux_x86_64.whl', '055fa01656aa6b3af36514f6238d86a1bbbbb8af495ad0c0f13c5e4f2b5d2f53', 1795428001000000, 'unyanked', '', 13);
INSERT INTO file_event VALUES ('project-0001', 'project-0001-0.0-1-cp314-cp314t-linux_x86_64.whl', 'af51220dad6a9dedc6141ee09c77f80a63914545058003f90168081256801818', 1796032801000000, 'vanished', '', 20);
INSERT INTO file_event VALUES ('project-0001', 'project-0001-1.0-0-cp314-cp314t-linux_x86_64.whl', 'c0baefd3d3b91923a3881b8ee4c0fe67559bfd9f54c8fee8ebae0297d0e151c0', 1795687201000000, 'yanked', 'broken since look 5', 16);
INSERT INTO file_event VALUES ('project-0001', 'project-0001-3.0-0-cp314-cp314t-linux_x86_64.whl', '3b8b488805898db5d375698faa6fe4185f133760f0de6e3069e9b969158ab08a', 1796032801000000, 'yanked', 'broken since look 9', 20);
INSERT INTO file_event VALUES ('project-0001', 'project-0001-8.0-1-cp314-cp314t-linux_x86_64.whl', '44cf196886fdebb74c0bab9eeab30bdffc576c8843f81f78e5f8488a40e4d6b3', 1796032801000000, 'yanked', 'broken since look 9', 20);
INSERT INTO file_event VALUES ('project-0002', 'project-0002-0.0-0-cp314-cp314t-linux_x86_64.whl', 'bf8a2dfaa3c2f2691e9c28d35b92fb655a130216a57f7faff722375adbde4455', 1795341602000000, 'yanked', 'broken since look 1', 22);
INSERT INTO file_event VALUES ('project-0002', 'project-0002-0.0-0-cp314-cp314t-linux_x86_64.whl', 'bf8a2dfaa3c2f2691e9c28d35b92fb655a130216a57f7faff722375adbde4455', 1795773602000000, 'vanished', '', 27);
INSERT INTO file_event VALUES ('project-0002', 'project-0002-1.0-1-cp314-cp314t-linux_x86_64.whl', '8b133620713530751bf4d2de4692be03005e8174d6f8e4628c7fe0dfaa2122b6', 1795773602000000, 'yanked', 'broken since look 6', 27);
INSERT INTO file_event VALUES ('project-0002', 'project-0002-1.0-1-cp314-cp314t-linux_x86_64.whl', '8b133620713530751bf4d2de4692be03005e8174d6f8e4628c7fe0dfaa2122b6', 1795946402000000, 'unyanked', '', 29);
INSERT INTO file_event VALUES ('project-0002', 'project-0002-2.0-0-cp314-cp314t-linux_x86_64.whl', '4de6c502d619b163c91f880e243a2ab885677e0f698cf103444f02a1907f0a70', 1796032802000000, 'yanked', 'broken since look 9', 30);
INSERT INTO file_event VALUES ('project-0002', 'project-0002-4.0-0-cp314-cp314t-linux_x86_64.whl', '44c36e069b3aee9e94da55024e1a1382646262a7dd1e64794afe3f3a95f68f05', 1795773602000000, 'yanked', 'broken since look 6', 27);
INSERT INTO file_event VALUES ('project-0002', 'project-0002-5.0-1-cp314-cp314t-linux_x86_64.whl', '311296177f1c4573426b492cb17a6dba2b24442eaf057c81cee654deac69a572', 1795773602000000, 'yanked', 'broken since look 6', 27);
INSERT INTO file_event VALUES ('project-0002', 'project-0002-6.0-0-cp314-cp314t-linux_x86_64.whl', 'a8ec4f675b87763f209bff9695dbbc3474ae7ce2aadd0f6c40ec0fe12137b455', 1796032802000000, 'yanked', 'broken since look 9', 30);
INSERT INTO metadata VALUES ('project-0000', '0.0', '28cde86a791828c69f33c1cbcd82b0698867c011ed38e45fd1725742ebff7065', 1795255200000000, 'ftpkg story', '{"classifiers":["Programming Language :: Python :: Free Threading :: 2 - Beta"],"requires_dist":["project-0000\u003e=1"],"urls":{"Source":"https://code.example.invalid/project-0000"}}', '0d594d9d0c679daa6f1835e4cc1e3e066d2369807e8345af993d32df089cd19a');
INSERT INTO metadata VALUES ('project-0000', '1.0', 'cbaa01aae45abd9014b3dfc00bd774e0a3e22fd7e183bc3252ee1ba4b69b0bd2', 1795341600000000, 'ftpkg story', '{"classifiers":["Programming Language :: Python :: Free Threading :: 2 - Beta"],"requires_dist":["project-0000\u003e=1"],"urls":{"Source":"https://code.example.invalid/project-0000"}}', '735b2bff5528fadcb2835ae70a33d2a2cc9f8ba60f38352045b4d83b10d8770f');
INSERT INTO metadata VALUES ('project-0000', '2.0', 'a0aa4e22e2dc817a7691b304b30f96fbf11950383fc8fd19c492468d00943497', 1795428000000000, 'ftpkg story', '{"classifiers":["Programming Language :: Python :: Free Threading :: 2 - Beta"],"requires_dist":["project-0000\u003e=1"],"urls":{"Source":"https://code.example.invalid/project-0000"}}', 'f622e54d23e40b0eb24a2e768b9f2ebaf74fe64a83d3d70a27a47f196acac607');
INSERT INTO metadata VALUES ('project-0000', '3.0', '03886896eb9eb6edd6bd34554f13c2665d386e085b6eef7d6aba007f0fb35863', 1795514400000000, 'ftpkg story', '{"classifiers":["Programming Language :: Python :: Free Threading :: 2 - Beta"],"requires_dist":["project-0000\u003e=1"],"urls":{"Source":"https://code.example.invalid/project-0000"}}', '2109f2e7055ad4c320c8cdebbe40a0e212396331bdb12218a0a8a5176e9fd34d');
INSERT INTO metadata VALUES ('project-0000', '4.0', '196eb25425a925bb997d8c36bfeaa4bf72b395501e68adbf6633fa8e866030ea', 1795600800000000, 'ftpkg story', '{"classifiers":["Programming Language :: Python :: Free Threading :: 2 - Beta"],"requires_dist":["project-0000\u003e=1"],"urls":{"Source":"https://code.example.invalid/project-0000"}}', 'dafc71a45fa3a960ba3a3f27273763b78856d8a9006373d477536cae94c786dd');
INSERT INTO metadata VALUES ('project-0000', '7.0', '89e10071d3a1c8f8963844da7481a89f98cfa88cb8d06fd09312d8230a6dc12c', 1795860000000000, 'ftpkg story', '{"classifiers":["Programming Language :: Python :: Free Threading :: 2 - Beta"],"requires_dist":["project-0000\u003e=1"],"urls":{"Source":"https://code.example.invalid/project-0000"}}', '2a3f23e49288d3bc9e7ddaadcc728d5b5cd00b00ee7a9d7225809969552c1d05');
INSERT INTO metadata VALUES ('project-0000', '8.0', '5309f453cc502d888930e2f584ba0852ebc342e9d1ea6f6aa82d19589a192bdd', 1795946400000000, 'ftpkg story', '{"classifiers":["Programming Language :: Python :: Free Threading :: 2 - Beta"],"requires_dist":["project-0000\u003e=1"],"urls":{"Source":"https://code.example.invalid/project-0000"}}', '831792d0ce5ef9b71f948587086f24f317098f79bb207eaa56e4bebbbe6bc790');
INSERT INTO metadata VALUES ('project-0000', '9.0', 'ada0fc24d310b9e4d391bd3c190cee317ab313c6f9c60f821d6dbf08053b060e', 1796032800000000, 'ftpkg story', '{"classifiers":["Programming Language :: Python :: Free Threading :: 2 - Beta"],"requires_dist":["project-0000\u003e=1"],"urls":{"Source":"https://code.example.invalid/project-0000"}}', 'af184f671f2da4a84bfcb71bf6c8e1aa5c740d4c8466794b922c9de365670860');
INSERT INTO metadata VALUES ('project-0001', '0.0', 'af51220dad6a9dedc6141ee09c77f80a63914545058003f90168081256801818', 1795255201000000, 'ftpkg story', '{"classifiers":["Programming Language :: Python :: Free Threading :: 2 - Beta"],"requires_dist":["project-0000\u003e=1"],"urls":{"Source":"https://code.example.invalid/project-0001"}}', 'a492d8b778ea849a6c524972a4a186bc8361300922469960cee9de7da6872b7f');
INSERT INTO metadata VALUES ('project-0001', '1.0', 'bd0c08bea0083005b3bd296adefa8538ac91f23f47ec62fe7b00e9d25ba40995', 1795341601000000, 'ftpkg story', '{"classifiers":["Programming Language :: Python :: Free Threading :: 2 - Beta"],"requires_dist":["project-0000\u003e=1"],"urls":{"Source":"https://code.example.invalid/project-0001"}}', 'bb4d6cd0c6bd9092621eb33795cba55ca51a94a72cb8bd29ae9b08dc8aafa983');
INSERT INTO metadata VALUES ('project-0001', '2.0', 'ee4461aaea893fa0f1658628f7ad3fcccc12e3afcceea5168311a416d00745cc', 1795428001000000, 'ftpkg story', '{"classifiers":["Programming Language :: Python :: Free Threading :: 2 - Beta"],"requires_dist":["project-0000\u003e=1"],"urls":{"Source":"https://code.example.invalid/project-0001"}}', '04453924e2675a2298a4007020680132972ca0316453b2ad8178f82d70a3663c');
INSERT INTO metadata VALUES ('project-0001', '3.0', '1928c4882b48b1355f600f198453005e8a4a653fe871e924c173fa71bc1cab83', 1795514401000000, 'ftpkg story', '{"classifiers":["Programming Language :: Python :: Free Threading :: 2 - Beta"],"requires_dist":["project-0000\u003e=1"],"urls":{"Source":"https://code.example.invalid/project-0001"}}', 'bd48d82961e5538901ba86acf3adf2d25f81e0e9ad287e6586a7db90b72f51d9');
INSERT INTO metadata VALUES ('project-0001', '5.0', '40ead6bca99ef5c47908b131ee85ef2f284db52d091b36b998134c58fb2e1ccc', 1795687201000000, 'ftpkg story', '{"classifiers":["Programming Language :: Python :: Free Threading :: 2 - Beta"],"requires_dist":["project-0000\u003e=1"],"urls":{"Source":"https://code.example.invalid/project-0001"}}', '9f601cc630bcc76a973479ec3a74beb2d216e305f7f22928e94c4c0354150d2d');
INSERT INTO metadata VALUES ('project-0001', '8.0', '44cf196886fdebb74c0bab9eeab30bdffc576c8843f81f78e5f8488a40e4d6b3', 1795946401000000, 'ftpkg story', '{"classifiers":["Programming Language :: Python :: Free Threading :: 2 - Beta"],"requires_dist":["project-0000\u003e=1"],"urls":{"Source":"https://code.example.invalid/project-0001"}}', 'd686f05ed862f6a67b7e1f3069c89748e8e50ea717cda2eefaa64921fb5a52c3');
INSERT INTO metadata VALUES ('project-0001', '9.0', '3d97dac905590104a4871d836a1c2389060baf19ee623e69cc50572118e70006', 1796032801000000, 'ftpkg story', '{"classifiers":["Programming Language :: Python :: Free Threading :: 2 - Beta"],"requires_dist":["project-0000\u003e=1"],"urls":{"Source":"https://code.example.invalid/project-0001"}}', 'd663b7523cdf542a107cc8692d8bafc927811a05ad13b963305e2e016b223180');
INSERT INTO metadata VALUES ('project-0002', '0.0', 'f68dee564576bfc640313c24cbfa94599755f9afd94895e44249601ec5df1f31', 1795255202000000, 'ftpkg story', '{"classifiers":["Programming Language :: Python :: Free Threading :: 2 - Beta"],"requires_dist":["project-0000\u003e=1"],"urls":{"Source":"https://code.example.invalid/project-0002"}}', '9943acd2f0ab909c1775473a1984da7acd6f4fd8ee9cac06eff621405c4ab56b');
INSERT INTO metadata VALUES ('project-0002', '1.0', '8b133620713530751bf4d2de4692be03005e8174d6f8e4628c7fe0dfaa2122b6', 1795341602000000, 'ftpkg story', '{"classifiers":["Programming Language :: Python :: Free Threading :: 2 - Beta"],"requires_dist":["project-0000\u003e=1"],"urls":{"Source":"https://code.example.invalid/project-0002"}}', 'dc008de67af88c3f8c411ade8cc3241d15151b0d9121306af05718519e1feedd');
INSERT INTO metadata VALUES ('project-0002', '2.0', '5156af85e27fa5b06261e8e672ecaade7e40f781c8b6433bcff945350d8f6f4e', 1795428002000000, 'ftpkg story', '{"classifiers":["Programming Language :: Python :: Free Threading :: 2 - Beta"],"requires_dist":["project-0000\u003e=1"],"urls":{"Source":"https://code.example.invalid/project-0002"}}', '73362b69932841405f6e83f7a54831468a0b4b35a9574759bc3fca145a1fa60c');
INSERT INTO metadata VALUES ('project-0002', '4.0', 'dc92e8cff567d311470b2c0753db345d401f9630ac903fab2459932c7544f51d', 1795687202000000, 'ftpkg story', '{"classifiers":["Programming Language :: Python :: Free Threading :: 2 - Beta"],"requires_dist":["project-0000\u003e=1"],"urls":{"Source":"https://code.example.invalid/project-0002"}}', 'c6e89342fdf91959b0b3c75e47e32c0612d62df2fa05565e111a6c28b70a9ed9');
INSERT INTO metadata VALUES ('project-0002', '3.0', '5477ed28f68746104bf9e6f3c61d0f6043dd6af79cfc763782a24b5a9b1c14af', 1795773602000000, 'ftpkg story', '{"classifiers":["Programming Language :: Python :: Free Threading :: 2 - Beta"],"requires_dist":["project-0000\u003e=1"],"urls":{"Source":"https://code.example.invalid/project-0002"}}', '7f2a0a43382a23c9f83d7d87f3f35841d7101320bdf3463b0829d9cc9d015a38');
INSERT INTO metadata VALUES ('project-0002', '8.0', '8d9c787faaa9d6e377eb99f8c5c275f9c630619d59cf6705e0b079474817c820', 1795946402000000, 'ftpkg story', '{"classifiers":["Programming Language :: Python :: Free Threading :: 2 - Beta"],"requires_dist":["project-0000\u003e=1"],"urls":{"Source":"https://code.example.invalid/project-0002"}}', '6e3462c0ed7b4daef8591d025523db697958e1ba9e2c6b99eef49992c33d5bf1');
INSERT INTO metadata VALUES ('project-0002', '9.0', '9ecec3136f0bee0cfeae02f1cd15c4ec835fa2df126f1b64574230f9df8119ea', 1796032802000000, 'ftpkg story', '{"classifiers":["Programming Language :: Python :: Free Threading :: 2 - Beta"],"requires_dist":["project-0000\u003e=1"],"urls":{"Source":"https://code.example.invalid/project-0002"}}', '0c95fed4014586f9cd74b4201fc1377d9e7b600c849600ee5e708dcb0cf3055c');
INSERT INTO upstream VALUES ('project-0000', 'https://code.example.invalid/project-0000', '.github/workflows/test.yml', 1795255200000000, 'ftpkg story', 'clone 0', '{"tests":[]}', '37965f79ea6f368b9642d7dbc7723a01c4cc566fe2dce08d3b3df69bdc3e864f');
INSERT INTO upstream VALUES ('project-0000', 'https://code.example.invalid/project-0000', '.github/workflows/test.yml', 1795341600000000, 'ftpkg story', 'clone 1', '{"tests":["3.14t"]}', 'de0abf29485c167d334a19cfd3b8f612caf85bc56ceafa5b323b6ca373a288f9');
INSERT INTO upstream VALUES ('project-0000', 'https://code.example.invalid/project-0000', '.github/workflows/test.yml', 1795428000000000, 'ftpkg story', 'clone 2', '{"tests":[]}', 'ecd4b9105134f8cdc2937c93b2c9ef80abdcb24a2e573ee2a2f493c71e3716b1');
INSERT INTO upstream VALUES ('project-0000', 'https://code.example.invalid/project-0000', '.github/workflows/test.yml', 1795514400000000, 'ftpkg story', 'clone 3', '{"tests":["3.14t"]}', '0255e64e4bf65738c6e4e9b28b84d572a2aa5151b457d9b6825cd31faa8ec8ae');
INSERT INTO upstream VALUES ('project-0000', 'https://code.example.invalid/project-0000', '.github/workflows/test.yml', 1795600800000000, 'ftpkg story', 'clone 4', '{"tests":[]}', 'f07ff37ba88a6f97c4665463e84984a0f7fa0a21ef28c2e58d8d31d5233e10ae');
INSERT INTO upstream VALUES ('project-0000', 'https://code.example.invalid/project-0000', '.github/workflows/test.yml', 1795860000000000, 'ftpkg story', 'clone 7', '{"tests":["3.14t"]}', '1128290065d148ac57fe6d6201105e2e8323ccbc0f9080b133b2da2b60ed3d8e');
INSERT INTO upstream VALUES ('project-0000', 'https://code.example.invalid/project-0000', '.github/workflows/test.yml', 1795946400000000, 'ftpkg story', 'clone 8', '{"tests":[]}', 'd5d6b8d6efd376cce07813bba5dbd827aee8221a215c0c03f4aebdd307c9aa9c');
INSERT INTO upstream VALUES ('project-0000', 'https://code.example.invalid/project-0000', '.github/workflows/test.yml', 1796032800000000, 'ftpkg story', 'clone 9', '{"tests":["3.14t"]}', 'e8aadd9867638e904757371941944af97bf6a9bd78bc4eee677feeaaa12d9242');
INSERT INTO upstream VALUES ('project-0001', 'https://code.example.invalid/project-0001', '.github/workflows/test.yml', 1795255201000000, 'ftpkg story', 'clone 0', '{"tests":[]}', 'd56272beff5782241e28dc85db3e9465fc7de0d48f83258d7a1137fb2fd60f52');
INSERT INTO upstream VALUES ('project-0001', 'https://code.example.invalid/project-0001', '.github/workflows/test.yml', 1795341601000000, 'ftpkg story', 'clone 1', '{"tests":["3.14t"]}', 'a99bbdff54e19f9029496d1d1a99fedc3933a1fb907e327f77a6c965f3941cb0');
INSERT INTO upstream VALUES ('project-0001', 'https://code.example.invalid/project-0001', '.github/workflows/test.yml', 1795428001000000, 'ftpkg story', 'clone 2', '{"tests":[]}', 'c818e6b67bc73c8b45ab7755afba8c0849e76b91a66a587dc1112bf6dbbc17b3');
INSERT INTO upstream VALUES ('project-0001', 'https://code.example.invalid/project-0001', '.github/workflows/test.yml', 1795514401000000, 'ftpkg story', 'clone 3', '{"tests":["3.14t"]}', '61cbc283e3e0512e4d548cba248cf50e4116435c8fa34ec18f77f15078724a59');
INSERT INTO upstream VALUES ('project-0001', 'https://code.example.invalid/project-0001', '.github/workflows/test.yml', 1795946401000000, 'ftpkg story', 'clone 8', '{"tests":[]}', 'f0583a1f70b529f7d7b9543c7255a07ef7c856b2581f1e035e7bda21253e9214');
INSERT INTO upstream VALUES ('project-0001', 'https://code.example.invalid/project-0001', '.github/workflows/test.yml', 1796032801000000, 'ftpkg story', 'clone 9', '{"tests":["3.14t"]}', '799b51fe7b222607db17d57d13f42701b8f4be94cdb7f6a6fc6af184886edb8e');
INSERT INTO upstream VALUES ('project-0002', 'https://code.example.invalid/project-0002', '.github/workflows/test.yml', 1795255202000000, 'ftpkg story', 'clone 0', '{"tests":[]}', '8edfa8869c1dc826e6f87b07fbf9da6d0ae14a0122ebe4b570ee57c4501a479d');
INSERT INTO upstream VALUES ('project-0002', 'https://code.example.invalid/project-0002', '.github/workflows/test.yml', 1795341602000000, 'ftpkg story', 'clone 1', '{"tests":["3.14t"]}', '895484edc1e373d4272376072e8858f41c0b673378709284e09bc28a4059664b');
INSERT INTO upstream VALUES ('project-0002', 'https://code.example.invalid/project-0002', '.github/workflows/test.yml', 1795428002000000, 'ftpkg story', 'clone 2', '{"tests":[]}', '9ee7c3634c7d5b33bfd02ac908cd01b2d4be13ce2e6824ac65d1edca01990c7e');
INSERT INTO upstream VALUES ('project-0002', 'https://code.example.invalid/project-0002', '.github/workflows/test.yml', 1795687202000000, 'ftpkg story', 'clone 5', '{"tests":["3.14t"]}', '82b450b8f980364f8fb5f126bd98a4b0083addc3698035f695dfd00279e952e1');
INSERT INTO upstream VALUES ('project-0002', 'https://code.example.invalid/project-0002', '.github/workflows/test.yml', 1795773602000000, 'ftpkg story', 'clone 6', '{"tests":[]}', '4cf33bfdaea0e0907af5596ef2743ee52871595a01ceb97c9e7ac232d16c2366');
INSERT INTO upstream VALUES ('project-0002', 'https://code.example.invalid/project-0002', '.github/workflows/test.yml', 1796032802000000, 'ftpkg story', 'clone 9', '{"tests":["3.14t"]}', '05b0f2fda862b607a8b9eb3ea5ed0f8daac1940caae701eb1d741ed1142f6c75');
INSERT INTO static VALUES ('28cde86a791828c69f33c1cbcd82b0698867c011ed38e45fd1725742ebff7065', 1, 1795255200000000, 'ftpkg story', '{"file":"project-0000-0.0-1-cp314-cp314t-linux_x86_64.whl","sha256":"28cde86a791828c69f33c1cbcd82b0698867c011ed38e45fd1725742ebff7065","project":"project-0000","version":"0.0","pythons":["3.14t"],"platforms":["linux-x86_64"],"free_threaded":true,"modules":[{"path":"project-0000/_core.so","module":"project-0000._core","platform":"linux-x86_64","declaration":"not-used","by_default":false,"abi":"","evidence":"","public":false}]}', 'e77b52a78c4d3486477126f406c5ec1bba09e9f4ff4884ad691443717fa53997');
INSERT INTO static VALUES ('cbaa01aae45abd9014b3dfc00bd774e0a3e22fd7e183bc3252ee1ba4b69b0bd2', 1, 1795341600000000, 'ftpkg story', '{"file":"project-0000-1.0-1-cp314-cp314t-linux_x86_64.whl","sha256":"cbaa01aae45abd9014b3dfc00bd774e0a3e22fd7e183bc3252ee1ba4b69b0bd2","project":"project-0000","version":"1.0","pythons":["3.14t"],"platforms":["linux-x86_64"],"free_threaded":true,"modules":[{"path":"project-0000/_core.so","module":"project-0000._core","platform":"linux-x86_64","declaration":"not-used","by_default":false,"abi":"","evidence":"","public":false}]}', 'dd641e1c0aec864e77644992a5caa24ab8a7287ce3f5a487fda65685ee2cc28c');
INSERT INTO static VALUES ('a0aa4e22e2dc817a7691b304b30f96fbf11950383fc8fd19c492468d00943497', 1, 1795428000000000, 'ftpkg story', '{"file":"project-0000-2.0-1-cp314-cp314t-linux_x86_64.whl","sha256":"a0aa4e22e2dc817a7691b304b30f96fbf11950383fc8fd19c492468d00943497","project":"project-0000","version":"2.0","pythons":["3.14t"],"platforms":["linux-x86_64"],"free_threaded":true,"modules":[{"path":"project-0000/_core.so","module":"project-0000._core","platform":"linux-x86_64","declaration":"not-used","by_default":false,"abi":"","evidence":"","public":false}]}', 'ce7e9fb807d9615bbdb2e9d7b95ff709c52d6fd187860c0898383ec23ae77f11');
INSERT INTO static VALUES ('03886896eb9eb6edd6bd34554f13c2665d386e085b6eef7d6aba007f0fb35863', 2, 1795514400000000, 'ftpkg story', '{"file":"project-0000-3.0-1-cp314-cp314t-linux_x86_64.whl","sha256":"03886896eb9eb6edd6bd34554f13c2665d386e085b6eef7d6aba007f0fb35863","project":"project-0000","version":"3.0","pythons":["3.14t"],"platforms":["linux-x86_64"],"free_threaded":true,"modules":[{"path":"project-0000/_core.so","module":"project-0000._core","platform":"linux-x86_64","declaration":"not-used","by_default":false,"abi":"","evidence":"","public":false}]}', 'c4551e4a82a0f98d30b9f82f861efed95aa4abd8945b07272829b2aa97f3da30');
INSERT INTO static VALUES ('196eb25425a925bb997d8c36bfeaa4bf72b395501e68adbf6633fa8e866030ea', 2, 1795600800000000, 'ftpkg story', '{"file":"project-0000-4.0-1-cp314-cp314t-linux_x86_64.whl","sha256":"196eb25425a925bb997d8c36bfeaa4bf72b395501e68adbf6633fa8e866030ea","project":"project-0000","version":"4.0","pythons":["3.14t"],"platforms":["linux-x86_64"],"free_threaded":true,"modules":[{"path":"project-0000/_core.so","module":"project-0000._core","platform":"linux-x86_64","declaration":"not-used","by_default":false,"abi":"","evidence":"","public":false}]}', '94bff326127d56ef962425f79812446474fe856548e1c681916db76a64f2d05b');
INSERT INTO static VALUES ('89e10071d3a1c8f8963844da7481a89f98cfa88cb8d06fd09312d8230a6dc12c', 3, 1795860000000000, 'ftpkg story', '{"file":"project-0000-7.0-1-cp314-cp314t-linux_x86_64.whl","sha256":"89e10071d3a1c8f8963844da7481a89f98cfa88cb8d06fd09312d8230a6dc12c","project":"project-0000","version":"7.0","pythons":["3.14t"],"platforms":["linux-x86_64"],"free_threaded":true,"modules":[{"path":"project-0000/_core.so","module":"project-0000._core","platform":"linux-x86_64","declaration":"not-used","by_default":false,"abi":"","evidence":"","public":false}]}', 'c0002dcbfd29062f8e2837750d36be5c4935b093e3503be792933bdc46314c40');
INSERT INTO static VALUES ('5309f453cc502d888930e2f584ba0852ebc342e9d1ea6f6aa82d19589a192bdd', 3, 1795946400000000, 'ftpkg story', '{"file":"project-0000-8.0-1-cp314-cp314t-linux_x86_64.whl","sha256":"5309f453cc502d888930e2f584ba0852ebc342e9d1ea6f6aa82d19589a192bdd","project":"project-0000","version":"8.0","pythons":["3.14t"],"platforms":["linux-x86_64"],"free_threaded":true,"modules":[{"path":"project-0000/_core.so","module":"project-0000._core","platform":"linux-x86_64","declaration":"not-used","by_default":false,"abi":"","evidence":"","public":false}]}', '9a4d9b70efba2ad647a7452b60034cd62b5b7b50a1d61b7c7a75a4862216bd33');
INSERT INTO static VALUES ('ada0fc24d310b9e4d391bd3c190cee317ab313c6f9c60f821d6dbf08053b060e', 4, 1796032800000000, 'ftpkg story', '{"file":"project-0000-9.0-1-cp314-cp314t-linux_x86_64.whl","sha256":"ada0fc24d310b9e4d391bd3c190cee317ab313c6f9c60f821d6dbf08053b060e","project":"project-0000","version":"9.0","pythons":["3.14t"],"platforms":["linux-x86_64"],"free_threaded":true,"modules":[{"path":"project-0000/_core.so","module":"project-0000._core","platform":"linux-x86_64","declaration":"not-used","by_default":false,"abi":"","evidence":"","public":false}]}', '93a03b3b681b4cd97c6fcd8030648a8e1b35a514a52540a968b2663138e6379d');
INSERT INTO static VALUES ('af51220dad6a9dedc6141ee09c77f80a63914545058003f90168081256801818', 1, 1795255201000000, 'ftpkg story', '{"file":"project-0001-0.0-1-cp314-cp314t-linux_x86_64.whl","sha256":"af51220dad6a9dedc6141ee09c77f80a63914545058003f90168081256801818","project":"project-0001","version":"0.0","pythons":["3.14t"],"platforms":["linux-x86_64"],"free_threaded":true,"modules":[{"path":"project-0001/_core.so","module":"project-0001._core","platform":"linux-x86_64","declaration":"not-used","by_default":false,"abi":"","evidence":"","public":false}]}', '24cfb84f05e0753354c639687c811550ecd8350b38408f02feb2a9460a206c21');
INSERT INTO static VALUES ('bd0c08bea0083005b3bd296adefa8538ac91f23f47ec62fe7b00e9d25ba40995', 1, 1795341601000000, 'ftpkg story', '{"file":"project-0001-1.0-1-cp314-cp314t-linux_x86_64.whl","sha256":"bd0c08bea0083005b3bd296adefa8538ac91f23f47ec62fe7b00e9d25ba40995","project":"project-0001","version":"1.0","pythons":["3.14t"],"platforms":["linux-x86_64"],"free_threaded":true,"modules":[{"path":"project-0001/_core.so","module":"project-0001._core","platform":"linux-x86_64","declaration":"not-used","by_default":false,"abi":"","evidence":"","public":false}]}', '479e8067ae5ae6d016bd1b000231658ab6ca41546ce94cc246ba4ad60abe89bd');
INSERT INTO static VALUES ('ee4461aaea893fa0f1658628f7ad3fcccc12e3afcceea5168311a416d00745cc', 1, 1795428001000000, 'ftpkg story', '{"file":"project-0001-2.0-1-cp314-cp314t-linux_x86_64.whl","sha256":"ee4461aaea893fa0f1658628f7ad3fcccc12e3afcceea5168311a416d00745cc","project":"project-0001","version":"2.0","pythons":["3.14t"],"platforms":["linux-x86_64"],"free_threaded":true,"modules":[{"path":"project-0001/_core.so","module":"project-0001._core","platform":"linux-x86_64","declaration":"not-used","by_default":false,"abi":"","evidence":"","public":false}]}', 'ae9391dedf27412b5c67c42ead76b344f618f3539381e66eaebdbc6ce7a26400');
INSERT INTO static VALUES ('1928c4882b48b1355f600f198453005e8a4a653fe871e924c173fa71bc1cab83', 2, 1795514401000000, 'ftpkg story', '{"file":"project-0001-3.0-1-cp314-cp314t-linux_x86_64.whl","sha256":"1928c4882b48b1355f600f198453005e8a4a653fe871e924c173fa71bc1cab83","project":"project-0001","version":"3.0","pythons":["3.14t"],"platforms":["linux-x86_64"],"free_threaded":true,"modules":[{"path":"project-0001/_core.so","module":"project-0001._core","platform":"linux-x86_64","declaration":"not-used","by_default":false,"abi":"","evidence":"","public":false}]}', 'e720ecc99357faefb6b6a9db12fcd175a656f60ea7fcba53f2c9f668e1a2fb23');
INSERT INTO static VALUES ('40ead6bca99ef5c47908b131ee85ef2f284db52d091b36b998134c58fb2e1ccc', 2, 1795687201000000, 'ftpkg story', '{"file":"project-0001-5.0-1-cp314-cp314t-linux_x86_64.whl","sha256":"40ead6bca99ef5c47908b131ee85ef2f284db52d091b36b998134c58fb2e1ccc","project":"project-0001","version":"5.0","pythons":["3.14t"],"platforms":["linux-x86_64"],"free_threaded":true,"modules":[{"path":"project-0001/_core.so","module":"project-0001._core","platform":"linux-x86_64","declaration":"not-used","by_default":false,"abi":"","evidence":"","public":false}]}', '26b063bd760571dc237bc9a6cb352428a366d31c715fbc1dcb4454027eb712d1');
INSERT INTO static VALUES ('44cf196886fdebb74c0bab9eeab30bdffc576c8843f81f78e5f8488a40e4d6b3', 3, 1795946401000000, 'ftpkg story', '{"file":"project-0001-8.0-1-cp314-cp314t-linux_x86_64.whl","sha256":"44cf196886fdebb74c0bab9eeab30bdffc576c8843f81f78e5f8488a40e4d6b3","project":"project-0001","version":"8.0","pythons":["3.14t"],"platforms":["linux-x86_64"],"free_threaded":true,"modules":[{"path":"project-0001/_core.so","module":"project-0001._core","platform":"linux-x86_64","declaration":"not-used","by_default":false,"abi":"","evidence":"","public":false}]}', 'd0143675ef7e1fb30988a70ea24dea59e3d9701af91678f0f9560b8e1a24a13c');
INSERT INTO static VALUES ('3d97dac905590104a4871d836a1c2389060baf19ee623e69cc50572118e70006', 4, 1796032801000000, 'ftpkg story', '{"file":"project-0001-9.0-1-cp314-cp314t-linux_x86_64.whl","sha256":"3d97dac905590104a4871d836a1c2389060baf19ee623e69cc50572118e70006","project":"project-0001","version":"9.0","pythons":["3.14t"],"platforms":["linux-x86_64"],"free_threaded":true,"modules":[{"path":"project-0001/_core.so","module":"project-0001._core","platform":"linux-x86_64","declaration":"not-used","by_default":false,"abi":"","evidence":"","public":false}]}', '4cb61e06b067542e6330086262ce363deec6756ed880cbe126d74fc57939b9b7');
INSERT INTO static VALUES ('f68dee564576bfc640313c24cbfa94599755f9afd94895e44249601ec5df1f31', 1, 1795255202000000, 'ftpkg story', '{"file":"project-0002-0.0-1-cp314-cp314t-linux_x86_64.whl","sha256":"f68dee564576bfc640313c24cbfa94599755f9afd94895e44249601ec5df1f31","project":"project-0002","version":"0.0","pythons":["3.14t"],"platforms":["linux-x86_64"],"free_threaded":true,"modules":[{"path":"project-0002/_core.so","module":"project-0002._core","platform":"linux-x86_64","declaration":"not-used","by_default":false,"abi":"","evidence":"","public":false}]}', '602f1dbc2d6d7b76510bf09c82f40d33145d1bd3f9d434dc29e46398c3adc720');
INSERT INTO static VALUES ('8b133620713530751bf4d2de4692be03005e8174d6f8e4628c7fe0dfaa2122b6', 1, 1795341602000000, 'ftpkg story', '{"file":"project-0002-1.0-1-cp314-cp314t-linux_x86_64.whl","sha256":"8b133620713530751bf4d2de4692be03005e8174d6f8e4628c7fe0dfaa2122b6","project":"project-0002","version":"1.0","pythons":["3.14t"],"platforms":["linux-x86_64"],"free_threaded":true,"modules":[{"path":"project-0002/_core.so","module":"project-0002._core","platform":"linux-x86_64","declaration":"not-used","by_default":false,"abi":"","evidence":"","public":false}]}', 'b4682f82f2658c963ae4863b23c6339a59072e8c6aedbd445a161fb2d7d9322a');
INSERT INTO static VALUES ('5156af85e27fa5b06261e8e672ecaade7e40f781c8b6433bcff945350d8f6f4e', 1, 1795428002000000, 'ftpkg story', '{"file":"project-0002-2.0-1-cp314-cp314t-linux_x86_64.whl","sha256":"5156af85e27fa5b06261e8e672ecaade7e40f781c8b6433bcff945350d8f6f4e","project":"project-0002","version":"2.0","pythons":["3.14t"],"platforms":["linux-x86_64"],"free_threaded":true,"modules":[{"path":"project-0002/_core.so","module":"project-0002._core","platform":"linux-x86_64","declaration":"not-used","by_default":false,"abi":"","evidence":"","public":false}]}', '68993e107109184fce2a7f25b4b795e57747db97a81d119bb362b169b89b2cdd');
INSERT INTO static VALUES ('dc92e8cff567d311470b2c0753db345d401f9630ac903fab2459932c7544f51d', 2, 1795687202000000, 'ftpkg story', '{"file":"project-0002-4.0-1-cp314-cp314t-linux_x86_64.whl","sha256":"dc92e8cff567d311470b2c0753db345d401f9630ac903fab2459932c7544f51d","project":"project-0002","version":"4.0","pythons":["3.14t"],"platforms":["linux-x86_64"],"free_threaded":true,"modules":[{"path":"project-0002/_core.so","module":"project-0002._core","platform":"linux-x86_64","declaration":"not-used","by_default":false,"abi":"","evidence":"","public":false}]}', 'b0f711dec4c4cb945c8be376ae8c9dc25881dd96c1911ee3cc9d48272159f8f6');
INSERT INTO static VALUES ('5477ed28f68746104bf9e6f3c61d0f6043dd6af79cfc763782a24b5a9b1c14af', 3, 1795773602000000, 'ftpkg story', '{"file":"project-0002-3.0-1-cp314-cp314t-linux_x86_64.whl","sha256":"5477ed28f68746104bf9e6f3c61d0f6043dd6af79cfc763782a24b5a9b1c14af","project":"project-0002","version":"3.0","pythons":["3.14t"],"platforms":["linux-x86_64"],"free_threaded":true,"modules":[{"path":"project-0002/_core.so","module":"project-0002._core","platform":"linux-x86_64","declaration":"not-used","by_default":false,"abi":"","evidence":"","public":false}]}', '48e58d6a0e9e027f726fa11f314f86bd037101ee63f92ab27bec3c55b83a9f30');
INSERT INTO static VALUES ('8d9c787faaa9d6e377eb99f8c5c275f9c630619d59cf6705e0b079474817c820', 3, 1795946402000000, 'ftpkg story', '{"file":"project-0002-8.0-1-cp314-cp314t-linux_x86_64.whl","sha256":"8d9c787faaa9d6e377eb99f8c5c275f9c630619d59cf6705e0b079474817c820","project":"project-0002","version":"8.0","pythons":["3.14t"],"platforms":["linux-x86_64"],"free_threaded":true,"modules":[{"path":"project-0002/_core.so","module":"project-0002._core","platform":"linux-x86_64","declaration":"not-used","by_default":false,"abi":"","evidence":"","public":false}]}', '21438165691a7b8fa815b6ea6ea8521e753d3d296e19f80c3479737cbdad7843');
INSERT INTO static VALUES ('9ecec3136f0bee0cfeae02f1cd15c4ec835fa2df126f1b64574230f9df8119ea', 4, 1796032802000000, 'ftpkg story', '{"file":"project-0002-9.0-1-cp314-cp314t-linux_x86_64.whl","sha256":"9ecec3136f0bee0cfeae02f1cd15c4ec835fa2df126f1b64574230f9df8119ea","project":"project-0002","version":"9.0","pythons":["3.14t"],"platforms":["linux-x86_64"],"free_threaded":true,"modules":[{"path":"project-0002/_core.so","module":"project-0002._core","platform":"linux-x86_64","declaration":"not-used","by_default":false,"abi":"","evidence":"","public":false}]}', '412e04f5a387c6449b66d306e065b1a6a7e952354e383064d358bafd884c6cd0');
INSERT INTO probe VALUES ('28cde86a791828c69f33c1cbcd82b0698867c011ed38e45fd1725742ebff7065', '3.14t', 'linux-x86_64', 1795255200000000, 'ftpkg story', '{"package":"project-0000","version":"0.0","runtime":{"version":"","free_threaded":false,"build":"","platform":""},"outcome":"gil-off","detail":"the GIL stays off","public":null,"modules":null,"offenders":null,"seconds":0,"evidence":{"wheels":null,"lanes":null,"sandbox":{"level":""},"tool":"","started":"0001-01-01T00:00:00Z"}}', '3848a11b1c0ee28ba197d3f496476d68973ad5da53dd17ca867782ee3cfa310f');
INSERT INTO probe VALUES ('cbaa01aae45abd9014b3dfc00bd774e0a3e22fd7e183bc3252ee1ba4b69b0bd2', '3.14t', 'linux-x86_64', 1795341600000000, 'ftpkg story', '{"package":"project-0000","version":"1.0","runtime":{"version":"","free_threaded":false,"build":"","platform":""},"outcome":"gil-off","detail":"the GIL stays off","public":null,"modules":null,"offenders":null,"seconds":0,"evidence":{"wheels":null,"lanes":null,"sandbox":{"level":""},"tool":"","started":"0001-01-01T00:00:00Z"}}', '41350e447c21114eb8d248898d88106965a13588742eb16f88840c3dc4ffec05');
INSERT INTO probe VALUES ('a0aa4e22e2dc817a7691b304b30f96fbf11950383fc8fd19c492468d00943497', '3.14t', 'linux-x86_64', 1795428000000000, 'ftpkg story', '{"package":"project-0000","version":"2.0","runtime":{"version":"","free_threaded":false,"build":"","platform":""},"outcome":"gil-off","detail":"the GIL stays off","public":null,"modules":null,"offenders":null,"seconds":0,"evidence":{"wheels":null,"lanes":null,"sandbox":{"level":""},"tool":"","started":"0001-01-01T00:00:00Z"}}', '7b40037acfe0ebfa69ed761225829ce9b9b38721d7d448390bef7bd9e1ef7d18');
INSERT INTO probe VALUES ('03886896eb9eb6edd6bd34554f13c2665d386e085b6eef7d6aba007f0fb35863', '3.14t', 'linux-x86_64', 1795514400000000, 'ftpkg story', '{"package":"project-0000","version":"3.0","runtime":{"version":"","free_threaded":false,"build":"","platform":""},"outcome":"gil-off","detail":"the GIL stays off","public":null,"modules":null,"offenders":null,"seconds":0,"evidence":{"wheels":null,"lanes":null,"sandbox":{"level":""},"tool":"","started":"0001-01-01T00:00:00Z"}}', '6a8fb583300bb827c2954303fbad63bbbcfeff4d40a16b9f66daaeccc76797ec');
INSERT INTO probe VALUES ('196eb25425a925bb997d8c36bfeaa4bf72b395501e68adbf6633fa8e866030ea', '3.14t', 'linux-x86_64', 1795600800000000, 'ftpkg story', '{"package":"project-0000","version":"4.0","runtime":{"version":"","free_threaded":false,"build":"","platform":""},"outcome":"gil-off","detail":"the GIL stays off","public":null,"modules":null,"offenders":null,"seconds":0,"evidence":{"wheels":null,"lanes":null,"sandbox":{"level":""},"tool":"","started":"0001-01-01T00:00:00Z"}}', '1a672933b9f80d4dac0468ef98134ca26e1a8d37d72bc6cbb89fdb1af0aeb731');
INSERT INTO probe VALUES ('89e10071d3a1c8f8963844da7481a89f98cfa88cb8d06fd09312d8230a6dc12c', '3.14t', 'linux-x86_64', 1795860000000000, 'ftpkg story', '{"package":"project-0000","version":"7.0","runtime":{"version":"","free_threaded":false,"build":"","platform":""},"outcome":"gil-off","detail":"the GIL stays off","public":null,"modules":null,"offenders":null,"seconds":0,"evidence":{"wheels":null,"lanes":null,"sandbox":{"level":""},"tool":"","started":"0001-01-01T00:00:00Z"}}', '4e975b0a4fb1e0c523ae7a67e64e75de4ae75d56c5e2db4bcd048e6efb594673');
INSERT INTO probe VALUES ('5309f453cc502d888930e2f584ba0852ebc342e9d1ea6f6aa82d19589a192bdd', '3.14t', 'linux-x86_64', 1795946400000000, 'ftpkg story', '{"package":"project-0000","version":"8.0","runtime":{"version":"","free_threaded":false,"build":"","platform":""},"outcome":"gil-off","detail":"the GIL stays off","public":null,"modules":null,"offenders":null,"seconds":0,"evidence":{"wheels":null,"lanes":null,"sandbox":{"level":""},"tool":"","started":"0001-01-01T00:00:00Z"}}', '161028e5683dc8cc411a82aae15db78be9a352211dd75f6d5354ae3881a60f02');
INSERT INTO probe VALUES ('ada0fc24d310b9e4d391bd3c190cee317ab313c6f9c60f821d6dbf08053b060e', '3.14t', 'linux-x86_64', 1796032800000000, 'ftpkg story', '{"package":"project-0000","version":"9.0","runtime":{"version":"","free_threaded":false,"build":"","platform":""},"outcome":"gil-off","detail":"the GIL stays off","public":null,"modules":null,"offenders":null,"seconds":0,"evidence":{"wheels":null,"lanes":null,"sandbox":{"level":""},"tool":"","started":"0001-01-01T00:00:00Z"}}', '614c04c2bb474e5b2b42ef7a1381f4ac37dbc89cb730d41b843bb2a0b7c8bd93');
INSERT INTO probe VALUES ('af51220dad6a9dedc6141ee09c77f80a63914545058003f90168081256801818', '3.14t', 'linux-x86_64', 1795255201000000, 'ftpkg story', '{"package":"project-0001","version":"0.0","runtime":{"version":"","free_threaded":false,"build":"","platform":""},"outcome":"gil-off","detail":"the GIL stays off","public":null,"modules":null,"offenders":null,"seconds":0,"evidence":{"wheels":null,"lanes":null,"sandbox":{"level":""},"tool":"","started":"0001-01-01T00:00:00Z"}}', '604c688cfe48de892058efefe070256dc1bc3bf9b97d44460613d5a77e8655a9');
INSERT INTO probe VALUES ('bd0c08bea0083005b3bd296adefa8538ac91f23f47ec62fe7b00e9d25ba40995', '3.14t', 'linux-x86_64', 1795341601000000, 'ftpkg story', '{"package":"project-0001","version":"1.0","runtime":{"version":"","free_threaded":false,"build":"","platform":""},"outcome":"gil-off","detail":"the GIL stays off","public":null,"modules":null,"offenders":null,"seconds":0,"evidence":{"wheels":null,"lanes":null,"sandbox":{"level":""},"tool":"","started":"0001-01-01T00:00:00Z"}}', '8a04080eab78d9af4c07cf802934f0132b3974661b68d274509e72b3d43e4f16');
INSERT INTO probe VALUES ('ee4461aaea893fa0f1658628f7ad3fcccc12e3afcceea5168311a416d00745cc', '3.14t', 'linux-x86_64', 1795428001000000, 'ftpkg story', '{"package":"project-0001","version":"2.0","runtime":{"version":"","free_threaded":false,"build":"","platform":""},"outcome":"gil-off","detail":"the GIL stays off","public":null,"modules":null,"offenders":null,"seconds":0,"evidence":{"wheels":null,"lanes":null,"sandbox":{"level":""},"tool":"","started":"0001-01-01T00:00:00Z"}}', 'bc1a042ef6629f9df9cf651793dcc44d2694069b3eb1c72cdea1dd2fee3dc69c');
INSERT INTO probe VALUES ('1928c4882b48b1355f600f198453005e8a4a653fe871e924c173fa71bc1cab83', '3.14t', 'linux-x86_64', 1795514401000000, 'ftpkg story', '{"package":"project-0001","version":"3.0","runtime":{"version":"","free_threaded":false,"build":"","platform":""},"outcome":"gil-off","detail":"the GIL stays off","public":null,"modules":null,"offenders":null,"seconds":0,"evidence":{"wheels":null,"lanes":null,"sandbox":{"level":""},"tool":"","started":"0001-01-01T00:00:00Z"}}', 'b0d6281ef6de4b21c3fe32164caf8806c9fd467d5edefcd0472ad78db3506584');
INSERT INTO probe VALUES ('40ead6bca99ef5c47908b131ee85ef2f284db52d091b36b998134c58fb2e1ccc', '3.14t', 'linux-x86_64', 1795687201000000, 'ftpkg story', '{"package":"project-0001","version":"5.0","runtime":{"version":"","free_threaded":false,"build":"","platform":""},"outcome":"gil-off","detail":"the GIL stays off","public":null,"modules":null,"offenders":null,"seconds":0,"evidence":{"wheels":null,"lanes":null,"sandbox":{"level":""},"tool":"","started":"0001-01-01T00:00:00Z"}}', '60bc1374203fe6de613cabed64325466254485246abfa3c77a6ef609b1c66460');
INSERT INTO probe VALUES ('44cf196886fdebb74c0bab9eeab30bdffc576c8843f81f78e5f8488a40e4d6b3', '3.14t', 'linux-x86_64', 1795946401000000, 'ftpkg story', '{"package":"project-0001","version":"8.0","runtime":{"version":"","free_threaded":false,"build":"","platform":""},"outcome":"gil-off","detail":"the GIL stays off","public":null,"modules":null,"offenders":null,"seconds":0,"evidence":{"wheels":null,"lanes":null,"sandbox":{"level":""},"tool":"","started":"0001-01-01T00:00:00Z"}}', '04455f761f33907542cb6fc23d87e4513d091444b2a3a97de210d51923cee40b');
INSERT INTO probe VALUES ('3d97dac905590104a4871d836a1c2389060baf19ee623e69cc50572118e70006', '3.14t', 'linux-x86_64', 1796032801000000, 'ftpkg story', '{"package":"project-0001","version":"9.0","runtime":{"version":"","free_threaded":false,"build":"","platform":""},"outcome":"gil-off","detail":"the GIL stays off","public":null,"modules":null,"offenders":null,"seconds":0,"evidence":{"wheels":null,"lanes":null,"sandbox":{"level":""},"tool":"","started":"0001-01-01T00:00:00Z"}}', 'a8e7c8ee6cda0a4d8e8d81fbfaa9c5d87b40e8a349a8f50be051f74e1a20cd2c');
INSERT INTO probe VALUES ('f68dee564576bfc640313c24cbfa94599755f9afd94895e44249601ec5df1f31', '3.14t', 'linux-x86_64', 1795255202000000, 'ftpkg story', '{"package":"project-0002","version":"0.0","runtime":{"version":"","free_threaded":false,"build":"","platform":""},"outcome":"gil-off","detail":"the GIL stays off","public":null,"modules":null,"offenders":null,"seconds":0,"evidence":{"wheels":null,"lanes":null,"sandbox":{"level":""},"tool":"","started":"0001-01-01T00:00:00Z"}}', 'a5c6f5afbc4d5c3d40b507a99241d3d9cf1c24e70ac3286ad3c51c1c7ed92591');
INSERT INTO probe VALUES ('8b133620713530751bf4d2de4692be03005e8174d6f8e4628c7fe0dfaa2122b6', '3.14t', 'linux-x86_64', 1795341602000000, 'ftpkg story', '{"package":"project-0002","version":"1.0","runtime":{"version":"","free_threaded":false,"build":"","platform":""},"outcome":"gil-off","detail":"the GIL stays off","public":null,"modules":null,"offenders":null,"seconds":0,"evidence":{"wheels":null,"lanes":null,"sandbox":{"level":""},"tool":"","started":"0001-01-01T00:00:00Z"}}', 'c1c29474a8af96d4ef6aee1114c69840dfbe8800f164f174e739d494702299a4');
INSERT INTO probe VALUES ('5156af85e27fa5b06261e8e672ecaade7e40f781c8b6433bcff945350d8f6f4e', '3.14t', 'linux-x86_64', 1795428002000000, 'ftpkg story', '{"package":"project-0002","version":"2.0","runtime":{"version":"","free_threaded":false,"build":"","platform":""},"outcome":"gil-off","detail":"the GIL stays off","public":null,"modules":null,"offenders":null,"seconds":0,"evidence":{"wheels":null,"lanes":null,"sandbox":{"level":""},"tool":"","started":"0001-01-01T00:00:00Z"}}', '05ce8facbe09456cb64de4768188f4ccd6e7e8a32bb9a8cff0962ae45ee8b610');
INSERT INTO probe VALUES ('dc92e8cff567d311470b2c0753db345d401f9630ac903fab2459932c7544f51d', '3.14t', 'linux-x86_64', 1795687202000000, 'ftpkg story', '{"package":"project-0002","version":"4.0","runtime":{"version":"","free_threaded":false,"build":"","platform":""},"outcome":"gil-off","detail":"the GIL stays off","public":null,"modules":null,"offenders":null,"seconds":0,"evidence":{"wheels":null,"lanes":null,"sandbox":{"level":""},"tool":"","started":"0001-01-01T00:00:00Z"}}', '9947dc4ae4873057642c3cfdd9c7c2db6e7f001d62f7f687ff79dafffaa9bc28');
INSERT INTO probe VALUES ('5477ed28f68746104bf9e6f3c61d0f6043dd6af79cfc763782a24b5a9b1c14af', '3.14t', 'linux-x86_64', 1795773602000000, 'ftpkg story', '{"package":"project-0002","version":"3.0","runtime":{"version":"","free_threaded":false,"build":"","platform":""},"outcome":"gil-off","detail":"the GIL stays off","public":null,"modules":null,"offenders":null,"seconds":0,"evidence":{"wheels":null,"lanes":null,"sandbox":{"level":""},"tool":"","started":"0001-01-01T00:00:00Z"}}', 'da67633e10a7b5f4a6690411d7d8db9ba0d9d977d73a734e865a71479a0a04ca');
INSERT INTO probe VALUES ('8d9c787faaa9d6e377eb99f8c5c275f9c630619d59cf6705e0b079474817c820', '3.14t', 'linux-x86_64', 1795946402000000, 'ftpkg story', '{"package":"project-0002","version":"8.0","runtime":{"version":"","free_threaded":false,"build":"","platform":""},"outcome":"gil-off","detail":"the GIL stays off","public":null,"modules":null,"offenders":null,"seconds":0,"evidence":{"wheels":null,"lanes":null,"sandbox":{"level":""},"tool":"","started":"0001-01-01T00:00:00Z"}}', '500461a2f308092cf6edf9403f97f250b9e2b1e9f6538df4cd93e2757bfadb2e');
INSERT INTO probe VALUES ('9ecec3136f0bee0cfeae02f1cd15c4ec835fa2df126f1b64574230f9df8119ea', '3.14t', 'linux-x86_64', 1796032802000000, 'ftpkg story', '{"package":"project-0002","version":"9.0","runtime":{"version":"","free_threaded":false,"build":"","platform":""},"outcome":"gil-off","detail":"the GIL stays off","public":null,"modules":null,"offenders":null,"seconds":0,"evidence":{"wheels":null,"lanes":null,"sandbox":{"level":""},"tool":"","started":"0001-01-01T00:00:00Z"}}', 'bacd9b4a78c41b5dea2c27bf6161d413929945b1fd63ec38767bf312ebde5cda');
INSERT INTO run VALUES (1, 1795255200000000, 'ftpkg test', 'update');
INSERT INTO run_end VALUES (1, 1795255200000000, 'done');
INSERT INTO downloads VALUES ('p', 1797847200000000, 'top <b>', 2000, 'list', '1a3388403c85f84b9b6a243b9322623fa0134e524281be23aa6c7d5bfdc6d8d9');
INSERT INTO downloads VALUES ('project-0000', 1797847200000000, 'top <b>', 1000, 'list', 'ca1174109b3365fff3d6ff28a23635c0bf8c70171775580319a66704d0ed1310');
CREATE TRIGGER tracked_no_update BEFORE UPDATE ON tracked
BEGIN SELECT RAISE(ABORT, 'facts are only added to'); END;
CREATE TRIGGER tracked_no_delete BEFORE DELETE ON tracked
BEGIN SELECT RAISE(ABORT, 'facts are only added to'); END;
CREATE TRIGGER observation_no_update BEFORE UPDATE ON observation
BEGIN SELECT RAISE(ABORT, 'facts are only added to'); END;
CREATE TRIGGER observation_no_delete BEFORE DELETE ON observation
BEGIN SELECT RAISE(ABORT, 'facts are only added to'); END;
CREATE TRIGGER file_no_update BEFORE UPDATE ON file
BEGIN SELECT RAISE(ABORT, 'facts are only added to'); END;
CREATE TRIGGER file_no_delete BEFORE DELETE ON file
BEGIN SELECT RAISE(ABORT, 'facts are only added to'); END;
CREATE TRIGGER file_detail_no_update BEFORE UPDATE ON file_detail
BEGIN SELECT RAISE(ABORT, 'facts are only added to'); END;
CREATE TRIGGER file_detail_no_delete BEFORE DELETE ON file_detail
BEGIN SELECT RAISE(ABORT, 'facts are only added to'); END;
CREATE TRIGGER file_event_no_update BEFORE UPDATE ON file_event
BEGIN SELECT RAISE(ABORT, 'facts are only added to'); END;
CREATE TRIGGER file_event_no_delete BEFORE DELETE ON file_event
BEGIN SELECT RAISE(ABORT, 'facts are only added to'); END;
CREATE TRIGGER metadata_no_update BEFORE UPDATE ON metadata
BEGIN SELECT RAISE(ABORT, 'facts are only added to'); END;
CREATE TRIGGER metadata_no_delete BEFORE DELETE ON metadata
BEGIN SELECT RAISE(ABORT, 'facts are only added to'); END;
CREATE TRIGGER upstream_no_update BEFORE UPDATE ON upstream
BEGIN SELECT RAISE(ABORT, 'facts are only added to'); END;
CREATE TRIGGER upstream_no_delete BEFORE DELETE ON upstream
BEGIN SELECT RAISE(ABORT, 'facts are only added to'); END;
CREATE TRIGGER static_no_update BEFORE UPDATE ON static
BEGIN SELECT RAISE(ABORT, 'facts are only added to'); END;
CREATE TRIGGER static_no_delete BEFORE DELETE ON static
BEGIN SELECT RAISE(ABORT, 'facts are only added to'); END;
CREATE TRIGGER probe_no_update BEFORE UPDATE ON probe
BEGIN SELECT RAISE(ABORT, 'facts are only added to'); END;
CREATE TRIGGER probe_no_delete BEFORE DELETE ON probe
BEGIN SELECT RAISE(ABORT, 'facts are only added to'); END;
CREATE TRIGGER run_no_update BEFORE UPDATE ON run
BEGIN SELECT RAISE(ABORT, 'facts are only added to'); END;
CREATE TRIGGER run_no_delete BEFORE DELETE ON run
BEGIN SELECT RAISE(ABORT, 'facts are only added to'); END;
CREATE TRIGGER run_end_no_update BEFORE UPDATE ON run_end
BEGIN SELECT RAISE(ABORT, 'facts are only added to'); END;
CREATE TRIGGER run_end_no_delete BEFORE DELETE ON run_end
BEGIN SELECT RAISE(ABORT, 'facts are only added to'); END;
CREATE TRIGGER downloads_no_update BEFORE UPDATE ON downloads
BEGIN SELECT RAISE(ABORT, 'facts are only added to'); END;
CREATE TRIGGER downloads_no_delete BEFORE DELETE ON downloads
BEGIN SELECT RAISE(ABORT, 'facts are only added to'); END;
COMMIT;
