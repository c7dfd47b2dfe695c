import { checkedSum, crc32Of, md5, metadataOf, S3Refusal, type S3Reply, type S3Request } from './exchange.ts';

export interface S3Object {
  readonly bytes: Buffer;
  readonly metadata: { readonly [header: string]: string };
  readonly etag: string;
  /** CRC32. For a multipart upload, the CRC32 of its parts' checksums, and the number of parts. */
  readonly checksum: string | undefined;
}

interface Upload {
  readonly key: string;
  readonly metadata: S3Object['metadata'];
  readonly parts: Map<number, S3Object>;
}

export interface S3ObjectsOptions {
  /** The most keys on a page of a list. */
  readonly pageSize?: number;
  /** What completing an upload again returns: the same response, as AWS does, or NoSuchUpload, as MinIO does. */
  readonly replay?: 'same' | 'gone';
  /** Some servers list keys unencoded, although they are asked to encode them. */
  readonly encodes?: boolean;
  /** Some gateways ignore If-None-Match and If-Match. */
  readonly conditions?: 'honored' | 'ignored';
  /** The status and code of a failed condition: servers differ. */
  readonly conflict?: Refusal;
  /** What an upload that is gone returns for each operation: servers differ. */
  readonly gone?: (operation: 'complete' | 'list' | 'other') => Refusal;
}

export type Refusal = readonly [status: number, code: string];

const LIKE_AWS: Required<S3ObjectsOptions> = {
  pageSize: 1000,
  replay: 'same',
  encodes: true,
  conditions: 'honored',
  conflict: [412, 'PreconditionFailed'],
  gone: () => [404, 'NoSuchUpload'],
};
const SMALLEST_PART = 5 << 20;
const escapeXml = (text: string): string => text.replace(/[&<>"'\r\n]/g, (mark) => `&#${mark.charCodeAt(0)};`);
const encodeKey = (key: string): string =>
  encodeURIComponent(key).replaceAll('%2F', '/').replaceAll('%20', '+').replaceAll('%7E', '~');

/** The objects and uploads of one bucket. Each call takes effect completely or throws an S3Refusal. */
export class S3Objects {
  readonly objects = new Map<string, S3Object>();
  readonly uploads = new Map<string, Upload>();
  readonly #completed = new Map<string, S3Reply>();
  readonly #options: Required<S3ObjectsOptions>;
  #lastId = 0;

  constructor(options: S3ObjectsOptions) {
    this.#options = { ...LIKE_AWS, ...options };
  }

  putObject({ key, headers, body }: S3Request): S3Reply {
    const condition = headers['if-none-match'];
    const version = headers['if-match'];
    if (version === '*' || (condition !== undefined && condition !== '*')) throw new S3Refusal(501, 'NotImplemented');
    const checksum = checkedSum(headers, body);
    const before = this.objects.get(key);
    if (this.#options.conditions === 'honored') {
      if (version !== undefined && !before) throw new S3Refusal(404, 'NoSuchKey');
      if (version === undefined ? condition === '*' && before : version !== before?.etag)
        throw new S3Refusal(...this.#options.conflict);
    }
    const etag = `"${md5(body).toString('hex')}"`;
    this.objects.set(key, { bytes: body, metadata: metadataOf(headers), etag, checksum });
    return { headers: { etag, ...(checksum && { 'x-amz-checksum-crc32': checksum }) } };
  }

  getObject({ key, headers }: S3Request): S3Reply {
    const object = this.objects.get(key);
    if (!object) throw new S3Refusal(404, 'NoSuchKey');
    if (headers['if-match'] !== undefined && headers['if-match'] !== object.etag)
      throw new S3Refusal(412, 'PreconditionFailed');
    const { bytes, metadata, etag, checksum } = object;
    const asked = headers['x-amz-checksum-mode'] === 'ENABLED' && checksum !== undefined;
    const named = { etag, ...metadata, ...(asked && { 'x-amz-checksum-crc32': checksum }) };
    if (headers.range === undefined) return { headers: named, body: bytes };
    const from = Number(/^bytes=(\d+)-$/.exec(headers.range)?.[1]);
    if (!(from < bytes.byteLength)) throw new S3Refusal(416, 'InvalidRange');
    const range = `bytes ${from}-${bytes.byteLength - 1}/${bytes.byteLength}`;
    return { status: 206, headers: { ...named, 'content-range': range }, body: bytes.subarray(from) };
  }

  deleteObject({ key }: S3Request): S3Reply {
    this.objects.delete(key);
    return { status: 204 };
  }

  list({ query }: S3Request): S3Reply {
    const prefix = query.get('prefix') ?? '';
    const after = Buffer.from(query.get('continuation-token') ?? '', 'base64');
    const encoded = query.get('encoding-type') === 'url' && this.#options.encodes;
    const size = Math.min(Number(query.get('max-keys') ?? 1000), this.#options.pageSize);
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix)).map((key) => Buffer.from(key));
    const rest = keys.sort(Buffer.compare).filter((key) => Buffer.compare(key, after) > 0);
    const page = rest.slice(0, size);
    const contents = page.map((key) => {
      const name = encoded ? encodeKey(key.toString()) : escapeXml(key.toString());
      return `<Contents><Key>${name}</Key><Size>${this.objects.get(key.toString())?.bytes.byteLength}</Size></Contents>`;
    });
    const token = rest.length > size ? page.at(-1)?.toString('base64') : undefined;
    const next = token ? `<NextContinuationToken>${token}</NextContinuationToken>` : '';
    const encoding = encoded ? '<EncodingType>url</EncodingType>' : '';
    const truncated = `<IsTruncated>${token !== undefined}</IsTruncated>`;
    return { body: `<ListBucketResult>${encoding}${truncated}${next}${contents.join('')}</ListBucketResult>` };
  }

  createUpload({ key, headers }: S3Request): S3Reply {
    if (headers['x-amz-checksum-algorithm'] !== 'CRC32') throw new S3Refusal(501, 'NotImplemented');
    const id = `upload-${++this.#lastId}`;
    this.uploads.set(id, { key, metadata: metadataOf(headers), parts: new Map() });
    const named = `<Key>${escapeXml(key)}</Key><UploadId>${id}</UploadId>`;
    return { body: `<InitiateMultipartUploadResult>${named}</InitiateMultipartUploadResult>` };
  }

  uploadPart(request: S3Request): S3Reply {
    const { parts } = this.#upload(request);
    const number = Number(request.query.get('partNumber'));
    if (!(number >= 1 && number <= 10_000)) throw new S3Refusal(400, 'InvalidArgument');
    const checksum = checkedSum(request.headers, request.body);
    if (checksum === undefined) throw new S3Refusal(400, 'InvalidRequest', 'expected checksum type: crc32');
    const etag = `"${md5(request.body).toString('hex')}"`;
    parts.set(number, { bytes: request.body, metadata: {}, etag, checksum });
    return { headers: { etag, 'x-amz-checksum-crc32': checksum } };
  }

  completeUpload(request: S3Request): S3Reply {
    const id = request.query.get('uploadId') ?? '';
    const before = this.#options.replay === 'same' ? this.#completed.get(id) : undefined;
    if (before) return before;
    const { metadata, parts } = this.#upload(request, 'complete');
    const named = [...request.body.toString().matchAll(/<Part>(.*?)<\/Part>/gs)].map(([, part = '']) => part);
    const of = (part: string, name: string) =>
      new RegExp(`<${name}>(.*?)</${name}>`).exec(part)?.[1]?.replaceAll('&quot;', '"') ?? '';
    const numbers = named.map((part) => Number(of(part, 'PartNumber')));
    if (numbers.length === 0) throw new S3Refusal(400, 'MalformedXML');
    if (numbers.some((number, i) => number <= (numbers[i - 1] ?? 0))) throw new S3Refusal(400, 'InvalidPartOrder');
    const found = named.map((part, i) => {
      const stored = parts.get(numbers[i] ?? 0);
      if (of(part, 'ChecksumCRC32') === '') throw new S3Refusal(400, 'InvalidRequest', 'the upload has checksums');
      if (!stored || stored.etag !== of(part, 'ETag') || stored.checksum !== of(part, 'ChecksumCRC32'))
        throw new S3Refusal(400, 'InvalidPart');
      return stored;
    });
    if (found.slice(0, -1).some(({ bytes }) => bytes.byteLength < SMALLEST_PART))
      throw new S3Refusal(400, 'EntityTooSmall');
    const bytes = Buffer.concat(found.map((part) => part.bytes));
    const sums = Buffer.concat(found.map((part) => crc32Of(part.bytes)));
    const checksum = `${crc32Of(sums).toString('base64')}-${found.length}`;
    const etag = `"${md5(...found.map((part) => md5(part.bytes))).toString('hex')}-${found.length}"`;
    this.objects.set(request.key, { bytes, metadata, etag, checksum });
    this.uploads.delete(id);
    const answer = `<ETag>${escapeXml(etag)}</ETag><ChecksumCRC32>${checksum}</ChecksumCRC32>`;
    const reply = { body: `<CompleteMultipartUploadResult>${answer}</CompleteMultipartUploadResult>` };
    this.#completed.set(id, reply);
    return reply;
  }

  abortUpload(request: S3Request): S3Reply {
    this.#upload(request);
    this.uploads.delete(request.query.get('uploadId') ?? '');
    return { status: 204 };
  }

  listParts(request: S3Request): S3Reply {
    const parts = [...this.#upload(request, 'list').parts].map(([number, { etag }]) => {
      return `<Part><PartNumber>${number}</PartNumber><ETag>${escapeXml(etag)}</ETag></Part>`;
    });
    return { body: `<ListPartsResult><IsTruncated>false</IsTruncated>${parts.join('')}</ListPartsResult>` };
  }

  #upload({ key, query }: S3Request, operation: 'complete' | 'list' | 'other' = 'other'): Upload {
    const upload = this.uploads.get(query.get('uploadId') ?? '');
    if (upload?.key !== key) throw new S3Refusal(...this.#options.gone(operation));
    return upload;
  }
}
