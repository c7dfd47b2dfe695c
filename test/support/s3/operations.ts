import type { IncomingMessage } from 'node:http';
import { S3Refusal, type S3Reply, type S3Request } from './exchange.ts';
import type { S3Objects } from './objects.ts';

/** The operations that the double implements, with the IAM action that each requires. */
export const ACTIONS = {
  PutObject: 's3:PutObject',
  CreateMultipartUpload: 's3:PutObject',
  UploadPart: 's3:PutObject',
  CompleteMultipartUpload: 's3:PutObject',
  DeleteObject: 's3:DeleteObject',
  AbortMultipartUpload: 's3:AbortMultipartUpload',
  ListParts: 's3:ListMultipartUploadParts',
  GetObject: 's3:GetObject',
  HeadObject: 's3:GetObject',
  ListObjectsV2: 's3:ListBucket',
} as const;
export type S3Operation = keyof typeof ACTIONS;

/** The operation and the bucket of a path-style request. */
export function parse(message: IncomingMessage, body: Buffer) {
  const { pathname, searchParams: query } = new URL(message.url ?? '', 'http://s3');
  const [, bucket = '', ...segments] = pathname.split('/').map(decodeURIComponent);
  const request: S3Request = { key: segments.join('/'), query, headers: message.headers, body };
  return { operation: operationOf(message.method ?? '', request), bucket, request };
}

function operationOf(method: string, { key, query }: S3Request): S3Operation {
  const upload = query.has('uploadId');
  if (method === 'PUT') return upload ? 'UploadPart' : 'PutObject';
  if (method === 'POST') return upload ? 'CompleteMultipartUpload' : 'CreateMultipartUpload';
  if (method === 'DELETE') return upload ? 'AbortMultipartUpload' : 'DeleteObject';
  if (method === 'HEAD') return 'HeadObject';
  if (key === '') return 'ListObjectsV2';
  return upload ? 'ListParts' : 'GetObject';
}

/** Performs an operation, unless its action is denied. */
export function perform(
  store: S3Objects,
  deny: ReadonlySet<string>,
  operation: S3Operation,
  request: S3Request,
): S3Reply {
  const action = ACTIONS[operation];
  if (deny.has(action)) throw denied(action);
  const reads = operation === 'GetObject' || operation === 'HeadObject';
  if (reads && deny.has('s3:ListBucket') && !store.objects.has(request.key)) throw denied('s3:ListBucket');
  switch (operation) {
    case 'PutObject':
      return store.putObject(request);
    case 'DeleteObject':
      return store.deleteObject(request);
    case 'CreateMultipartUpload':
      return store.createUpload(request);
    case 'UploadPart':
      return store.uploadPart(request);
    case 'CompleteMultipartUpload':
      return store.completeUpload(request);
    case 'AbortMultipartUpload':
      return store.abortUpload(request);
    case 'ListParts':
      return store.listParts(request);
    case 'ListObjectsV2':
      return store.list(request);
    default:
      return store.getObject(request);
  }
}

const denied = (action: string): S3Refusal =>
  new S3Refusal(403, 'AccessDenied', `User: arn:aws:iam::1:user/a is not authorized to perform: ${action} on resource`);
