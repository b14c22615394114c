import { generateKeyPairSync, sign } from 'node:crypto';

/** A key and a certificate for localhost, valid today, that nobody but itself vouches for. */
export function selfSigned(): { key: string; cert: string } {
	const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
	const algorithm = der(0x30, Buffer.from('06082a8648ce3d040302', 'hex'));
	const commonName = der(
		0x30,
		Buffer.from('0603550403', 'hex'),
		der(0x0c, Buffer.from('localhost')),
	);
	const name = der(0x30, der(0x31, commonName));
	const day = (from: number) => {
		const [date] = new Date(Date.now() + from * 86_400_000).toISOString().split('.');
		return der(0x17, Buffer.from(`${date.replace(/[-:T]/g, '').slice(2)}Z`));
	};
	const certificate = der(
		0x30,
		der(0x02, Buffer.from([1])),
		algorithm,
		name,
		der(0x30, day(-1), day(1)),
		name,
		publicKey.export({ type: 'spki', format: 'der' }),
	);
	const signature = sign('sha256', certificate, privateKey);
	const signed = der(0x30, certificate, algorithm, der(0x03, Buffer.from([0]), signature));
	return {
		key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
		cert: `-----BEGIN CERTIFICATE-----\n${signed.toString('base64')}\n-----END CERTIFICATE-----\n`,
	};
}

/** One value of ASN.1: its tag, its length and what it holds. */
function der(tag: number, ...parts: Buffer[]): Buffer {
	const content = Buffer.concat(parts);
	const { length } = content;
	const size =
		length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
	return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
